// A model whose text is known beforehand: after token t it gives almost all probability to Next(t).
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runner/model/local_model.h"
#include "tests/runner/model/byte_tokenizer.h"

namespace assay {

// One layer whose weights are zero, one-hot embeddings, and a head that maps each token to the
// next.
class ChainWeights : public TensorSource {
 public:
  static constexpr std::int64_t kVocabulary = 272;

  // After `chain[i]` comes `chain[i + 1]`; a token that is not in it repeats itself. The logits
  // after `broken` are NaN.
  explicit ChainWeights(const std::vector<TokenId>& chain, TokenId broken = -1) {
    std::map<TokenId, TokenId> next;
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) next[chain[i]] = chain[i + 1];
    auto& embedding = Add("model.embed_tokens.weight", kVocabulary, kVocabulary);
    auto& head = Add("lm_head.weight", kVocabulary, kVocabulary);
    for (TokenId t = 0; t < kVocabulary; ++t) {
      embedding[At(t, t)] = t == broken ? std::nanf("") : 1.0F;
      head[At(next.contains(t) ? next[t] : t, t)] = 30.0F;
    }
    const std::string layer = "model.layers.0.";
    for (const char* norm : {"model.norm.weight", "model.layers.0.input_layernorm.weight",
                             "model.layers.0.post_attention_layernorm.weight"}) {
      Add(norm, 1, kVocabulary).assign(kVocabulary, 1.0F);
    }
    for (const char* name : {"q_proj", "k_proj", "v_proj"}) {
      Add(layer + "self_attn." + name + ".weight", 16, kVocabulary);
    }
    Add(layer + "self_attn.o_proj.weight", kVocabulary, 16);
    Add(layer + "mlp.gate_proj.weight", 16, kVocabulary);
    Add(layer + "mlp.up_proj.weight", 16, kVocabulary);
    Add(layer + "mlp.down_proj.weight", kVocabulary, 16);
  }

  const StoredTensor* Find(std::string_view name) const override {
    const auto found = tensors_.find(std::string(name));
    return found == tensors_.end() ? nullptr : &found->second.first;
  }
  std::string Place() const override { return "chain"; }
  std::string ContentHash() const override { return "chain"; }

 private:
  static std::size_t At(TokenId row, TokenId column) {
    return static_cast<std::size_t>(row * kVocabulary + column);
  }

  std::vector<float>& Add(const std::string& name, std::int64_t rows, std::int64_t columns) {
    auto& [tensor, values] = tensors_[name];
    values.resize(static_cast<std::size_t>(rows * columns));
    tensor = {name,
              StoredType::kF32,
              rows,
              columns,
              {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)},
              0};
    return values;
  }

  std::map<std::string, std::pair<StoredTensor, std::vector<float>>> tensors_;
};

inline ModelConfig ChainConfig() {
  ModelConfig config;
  config.architecture = "llama";
  config.vocabulary = config.hidden = ChainWeights::kVocabulary;
  config.intermediate = config.head_dim = 16;
  config.layers = config.heads = config.kv_heads = 1;
  config.context = 64;
  return config;
}

// The bytes of `text` one after the other, each at most once, then `end`.
inline std::vector<TokenId> ChainOf(std::string_view text, TokenId end = 258) {
  std::vector<TokenId> chain;
  for (const char c : text) chain.push_back(static_cast<unsigned char>(c));
  chain.push_back(end);
  return chain;
}

inline LocalParts ChainParts(const std::vector<TokenId>& chain, TokenId broken = -1) {
  return {ChainConfig(), std::make_shared<ChainWeights>(chain, broken), ByteTokenizer(), "",
          "chain"};
}

}  // namespace assay
