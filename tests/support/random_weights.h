// tests/support/random_weights.h -- Weights of a model that does not exist, in any shape.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/rng.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/cuda/platform/numbers.h"

namespace assay {

// bf16 numbers within `spread` of 0. All tensors lie in one table, each at a place of its own: a
// large model takes no more than its largest matrix.
class RandomWeights : public TensorSource {
 public:
  explicit RandomWeights(const ModelConfig& c, double spread = 0.02) {
    Rng rng(Key("weights", 1));
    const std::int64_t widest = std::max(c.vocabulary, c.intermediate) * c.hidden;
    numbers_.resize(static_cast<std::size_t>(widest) + kPlaces);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      numbers_[i] =
          i < kPlaces
              ? cuda::FromFloat<cuda::Bf16>(static_cast<float>(spread * (2 * rng.Uniform() - 1)))
              : numbers_[i % kPlaces];
    }
    Add("model.embed_tokens.weight", c.vocabulary, c.hidden);
    if (!c.tied_head) Add("lm_head.weight", c.vocabulary, c.hidden);
    Add("model.norm.weight", 1, c.hidden);
    for (std::int64_t i = 0; i < c.layers; ++i) {
      AddLayer(c, "model.layers." + std::to_string(i) + ".");
    }
  }

  const StoredTensor* Find(std::string_view name) const override {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
  }
  std::string Place() const override { return "random weights"; }
  std::string ContentHash() const override { return "random"; }

 private:
  static constexpr std::size_t kPlaces = 65536;

  void AddLayer(const ModelConfig& c, const std::string& layer) {
    const std::string attention = layer + "self_attn.";
    Add(layer + "input_layernorm.weight", 1, c.hidden);
    Add(layer + "post_attention_layernorm.weight", 1, c.hidden);
    if (c.qk_norm) {
      Add(attention + "q_norm.weight", 1, c.head_dim);
      Add(attention + "k_norm.weight", 1, c.head_dim);
    }
    AddProjection(attention + "q_proj", c.query_columns(), c.hidden, c.qkv_bias);
    AddProjection(attention + "k_proj", c.kv_columns(), c.hidden, c.qkv_bias);
    AddProjection(attention + "v_proj", c.kv_columns(), c.hidden, c.qkv_bias);
    AddProjection(attention + "o_proj", c.hidden, c.query_columns(), c.output_bias);
    AddProjection(layer + "mlp.gate_proj", c.intermediate, c.hidden, c.mlp_bias);
    AddProjection(layer + "mlp.up_proj", c.intermediate, c.hidden, c.mlp_bias);
    AddProjection(layer + "mlp.down_proj", c.hidden, c.intermediate, c.mlp_bias);
  }
  void AddProjection(const std::string& name, std::int64_t rows, std::int64_t columns, bool bias) {
    Add(name + ".weight", rows, columns);
    if (bias) Add(name + ".bias", 1, rows);
  }
  void Add(const std::string& name, std::int64_t rows, std::int64_t columns) {
    const std::size_t place = 8 * 1021 * tensors_.size() % kPlaces;  // 16 bytes from each other
    StoredTensor& tensor = tensors_[name];
    tensor.name = name;
    tensor.type = StoredType::kBf16;
    tensor.rows = rows;
    tensor.columns = columns;
    tensor.bytes = {reinterpret_cast<const char*>(numbers_.data() + place),
                    static_cast<std::size_t>(rows * columns) * sizeof(cuda::Bf16)};
  }

  std::vector<cuda::Bf16> numbers_;
  std::map<std::string, StoredTensor, std::less<>> tensors_;
};

}  // namespace assay
