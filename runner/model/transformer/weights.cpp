#include "runner/model/transformer/weights.h"

#include <algorithm>
#include <optional>
#include <string>

#include "runner/model/transformer/kernels/activation.h"

namespace assay {
namespace {

using kernels::PackedMatrix;

// Finds tensors and remembers the first that is not as expected; packs afterwards.
class Loader {
 public:
  Loader(const TensorSource& source, kernels::WeightFormat format, ThreadTeam& team)
      : source_(source), format_(format), team_(team) {}

  const StoredTensor* Find(const std::string& name, std::int64_t rows, std::int64_t columns) {
    auto found = Require(source_, name, rows, columns);
    if (found) return *found;
    if (!problem_) problem_ = found.error();
    return nullptr;
  }

  void Vector(const std::string& name, std::int64_t n, std::vector<float>& out) {
    const StoredTensor* tensor = Find(name, 1, n);
    if (tensor == nullptr) return;
    out.resize(static_cast<std::size_t>(n));
    ReadRow(*tensor, 0, out.data());
  }

  // Rows of several matrices one after the other.
  void Stacked(const std::vector<std::pair<std::string, std::int64_t>>& parts, std::int64_t inputs,
               PackedMatrix& out) {
    std::vector<const StoredTensor*> tensors;
    std::int64_t outputs = 0;
    for (const auto& [name, rows] : parts) {
      tensors.push_back(Find(name, rows, inputs));
      outputs += rows;
    }
    Pack(outputs, inputs, out, [&](std::int64_t row, float* to) {
      std::size_t part = 0;
      while (row >= tensors[part]->rows) row -= tensors[part++]->rows;
      ReadRow(*tensors[part], row, to);
    });
  }

  void GateUp(const std::string& layer, std::int64_t width, std::int64_t inputs,
              PackedMatrix& out) {
    const StoredTensor* gate = Find(layer + "mlp.gate_proj.weight", width, inputs);
    const StoredTensor* up = Find(layer + "mlp.up_proj.weight", width, inputs);
    Pack(2 * kernels::RoundUp(width, 16), inputs, out, [&](std::int64_t row, float* to) {
      const auto [is_up, index] = kernels::GateOrUpAt(row);
      if (index < width) ReadRow(is_up ? *up : *gate, index, to);
    });
  }

  void Bias(const std::vector<std::pair<std::string, std::int64_t>>& parts,
            std::vector<float>& out) {
    std::vector<float> part;
    for (const auto& [name, n] : parts) {
      Vector(name, n, part);
      out.insert(out.end(), part.begin(), part.end());
    }
    out.resize(static_cast<std::size_t>(
        kernels::RoundUp(static_cast<std::int64_t>(out.size()), kernels::kPanel)));
  }

  void GateUpBias(const std::string& layer, std::int64_t width, std::vector<float>& out) {
    std::vector<float> gate;
    std::vector<float> up;
    Vector(layer + "mlp.gate_proj.bias", width, gate);
    Vector(layer + "mlp.up_proj.bias", width, up);
    if (problem_) return;
    out.assign(static_cast<std::size_t>(2 * kernels::RoundUp(width, 16)), 0.0F);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto [is_up, index] = kernels::GateOrUpAt(static_cast<std::int64_t>(i));
      if (index < width) out[i] = (is_up ? up : gate)[static_cast<std::size_t>(index)];
    }
  }

  const std::optional<Error>& problem() const { return problem_; }

 private:
  void Pack(std::int64_t outputs, std::int64_t inputs, PackedMatrix& out,
            const PackedMatrix::ReadRow& read_row) {
    if (problem_) return;
    out = PackedMatrix(format_, outputs, inputs);
    team_.Run([&](std::size_t) {
      team_.Share(out.panels(), team_.Grain(out.panels()),
                  [&](std::int64_t begin, std::int64_t end) { out.Pack(read_row, begin, end); });
    });
  }

  const TensorSource& source_;
  kernels::WeightFormat format_;
  ThreadTeam& team_;
  std::optional<Error> problem_;
};

void LoadLayer(const ModelConfig& c, const std::string& layer, Loader& loader, LayerWeights& out) {
  const std::string attention = layer + "self_attn.";
  loader.Vector(layer + "input_layernorm.weight", c.hidden, out.attention_norm);
  loader.Vector(layer + "post_attention_layernorm.weight", c.hidden, out.mlp_norm);
  if (c.qk_norm) {
    loader.Vector(attention + "q_norm.weight", c.head_dim, out.query_norm);
    loader.Vector(attention + "k_norm.weight", c.head_dim, out.key_norm);
  }
  const std::int64_t q = c.query_columns();
  const std::int64_t kv = c.kv_columns();
  loader.Stacked({{attention + "q_proj.weight", q},
                  {attention + "k_proj.weight", kv},
                  {attention + "v_proj.weight", kv}},
                 c.hidden, out.qkv);
  if (c.qkv_bias) {
    loader.Bias({{attention + "q_proj.bias", q},
                 {attention + "k_proj.bias", kv},
                 {attention + "v_proj.bias", kv}},
                out.qkv_bias);
  }
  loader.Stacked({{attention + "o_proj.weight", c.hidden}}, q, out.output);
  if (c.output_bias) loader.Bias({{attention + "o_proj.bias", c.hidden}}, out.output_bias);
  loader.GateUp(layer, c.intermediate, c.hidden, out.gate_up);
  loader.Stacked({{layer + "mlp.down_proj.weight", c.hidden}}, c.intermediate, out.down);
  if (c.mlp_bias) {
    loader.GateUpBias(layer, c.intermediate, out.gate_up_bias);
    loader.Bias({{layer + "mlp.down_proj.bias", c.hidden}}, out.down_bias);
  }
}

}  // namespace

std::int64_t Weights::bytes() const {
  std::int64_t sum = head.bytes();
  for (const LayerWeights& layer : layers) {
    sum += layer.qkv.bytes() + layer.output.bytes() + layer.gate_up.bytes() + layer.down.bytes();
  }
  return sum;
}

Result<Weights> LoadWeights(const ModelConfig& config, const TensorSource& source,
                            kernels::WeightFormat format, ThreadTeam& team) {
  Loader loader(source, format, team);
  Weights out;
  const std::string embedding = "model.embed_tokens.weight";
  out.embedding = loader.Find(embedding, config.vocabulary, config.hidden);
  loader.Vector("model.norm.weight", config.hidden, out.final_norm);
  out.layers.resize(static_cast<std::size_t>(config.layers));
  for (std::size_t i = 0; i < out.layers.size() && !loader.problem(); ++i) {
    LoadLayer(config, "model.layers." + std::to_string(i) + ".", loader, out.layers[i]);
  }
  loader.Stacked({{config.tied_head ? embedding : "lm_head.weight", config.vocabulary}},
                 config.hidden, out.head);
  if (loader.problem()) return tl::unexpected<Error>(*loader.problem());
  return out;
}

}  // namespace assay
