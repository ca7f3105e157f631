#include "runner/model/transformer/weights.h"

#include <algorithm>
#include <optional>
#include <string>

#include "runner/model/transformer/kernels/activation.h"
#include "runner/model/transformer/stored_blocks.h"

namespace assay {
namespace {

using kernels::PackedMatrix;

constexpr const char* kEmbedding = "model.embed_tokens.weight";

// The tensors behind one packed matrix: their rows one after the other, or gates and ups in turns.
struct MatrixParts {
  std::vector<std::pair<std::string, std::int64_t>> tensors;  // name and rows
  std::int64_t inputs = 0;
  bool gate_up = false;

  std::int64_t outputs() const {
    if (gate_up) return 2 * kernels::RoundUp(tensors[0].second, 16);
    std::int64_t sum = 0;
    for (const auto& [name, rows] : tensors) sum += rows;
    return sum;
  }
};

struct LayerParts {
  MatrixParts qkv;
  MatrixParts output;
  MatrixParts gate_up;
  MatrixParts down;
};

std::string LayerName(std::int64_t layer) { return "model.layers." + std::to_string(layer) + "."; }

LayerParts PartsOf(const ModelConfig& c, const std::string& layer) {
  const std::string attention = layer + "self_attn.";
  const std::int64_t kv = c.kv_columns();
  return {{{{attention + "q_proj.weight", c.query_columns()},
            {attention + "k_proj.weight", kv},
            {attention + "v_proj.weight", kv}},
           c.hidden},
          {{{attention + "o_proj.weight", c.hidden}}, c.query_columns()},
          {{{layer + "mlp.gate_proj.weight", c.intermediate},
            {layer + "mlp.up_proj.weight", c.intermediate}},
           c.hidden,
           true},
          {{{layer + "mlp.down_proj.weight", c.hidden}}, c.intermediate}};
}

MatrixParts HeadParts(const ModelConfig& c) {
  return {{{c.tied_head ? kEmbedding : "lm_head.weight", c.vocabulary}}, c.hidden};
}

// What `wanted` becomes for this matrix: int4 holds only what is stored so, the rest is int8.
kernels::WeightFormat FormatOf(const MatrixParts& parts, kernels::WeightFormat wanted,
                               const TensorSource& source) {
  if (wanted != kernels::WeightFormat::kInt4) return wanted;
  for (const auto& [name, rows] : parts.tensors) {
    const StoredTensor* tensor = source.Find(name);
    if (tensor == nullptr || !HoldsInt4(*tensor)) return kernels::WeightFormat::kInt8;
  }
  return kernels::WeightFormat::kInt4;
}

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

  void Matrix(const MatrixParts& parts, PackedMatrix& out) {
    std::vector<const StoredTensor*> tensors;
    for (const auto& [name, rows] : parts.tensors) {
      tensors.push_back(Find(name, rows, parts.inputs));
    }
    if (problem_) return;
    const kernels::WeightFormat format = FormatOf(parts, format_, source_);
    int4_matrices_ += format == kernels::WeightFormat::kInt4 ? 1 : 0;
    const bool fits =
        out.format() == format && out.outputs() == parts.outputs() && out.inputs() == parts.inputs;
    if (!fits) out = PackedMatrix(format, parts.outputs(), parts.inputs);
    // The tensor and its row behind a row of the matrix; no tensor where the matrix is padded.
    const auto stored = [&](std::int64_t row) -> std::pair<const StoredTensor*, std::int64_t> {
      if (parts.gate_up) {
        const auto [is_up, index] = kernels::GateOrUpAt(row);
        return {index < tensors[0]->rows ? tensors[is_up ? 1 : 0] : nullptr, index};
      }
      std::size_t part = 0;
      while (row >= tensors[part]->rows) row -= tensors[part++]->rows;
      return {tensors[part], row};
    };
    const PackedMatrix::ReadRow read_row = [&](std::int64_t row, float* to) {
      const auto [tensor, index] = stored(row);
      if (tensor != nullptr) ReadRow(*tensor, index, to);
    };
    const PackedMatrix::ReadBlocks read_blocks = [&](std::int64_t row,
                                                     PackedMatrix::Int4Block* to) {
      const auto [tensor, index] = stored(row);
      if (tensor != nullptr) ReadInt4Row(*tensor, index, to);
    };
    team_.Run([&](std::size_t) {
      team_.Share(out.panels(), team_.Grain(out.panels()),
                  [&](std::int64_t begin, std::int64_t end) {
                    if (format == kernels::WeightFormat::kInt4) {
                      out.PackBlocks(read_blocks, begin, end);
                    } else {
                      out.Pack(read_row, begin, end);
                    }
                  });
    });
  }

  void Bias(const std::vector<std::pair<std::string, std::int64_t>>& parts,
            std::vector<float>& out) {
    out.clear();
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
  std::int64_t int4_matrices() const { return int4_matrices_; }

 private:
  const TensorSource& source_;
  kernels::WeightFormat format_;
  ThreadTeam& team_;
  std::optional<Error> problem_;
  std::int64_t int4_matrices_ = 0;
};

void LoadLayer(const ModelConfig& c, const std::string& layer, Loader& loader, LayerWeights& out) {
  const std::string attention = layer + "self_attn.";
  const NormNames norms = NormNamesOf(c);
  loader.Vector(layer + norms.attention, c.hidden, out.attention_norm);
  loader.Vector(layer + norms.mlp, c.hidden, out.mlp_norm);
  if (c.output_norms) {
    loader.Vector(layer + norms.attention_output, c.hidden, out.attention_output_norm);
    loader.Vector(layer + norms.mlp_output, c.hidden, out.mlp_output_norm);
  }
  if (c.qk_norm) {
    loader.Vector(attention + "q_norm.weight", c.head_dim, out.query_norm);
    loader.Vector(attention + "k_norm.weight", c.head_dim, out.key_norm);
  }
  const std::int64_t q = c.query_columns();
  const std::int64_t kv = c.kv_columns();
  const LayerParts parts = PartsOf(c, layer);
  loader.Matrix(parts.qkv, out.qkv);
  loader.Matrix(parts.output, out.output);
  loader.Matrix(parts.gate_up, out.gate_up);
  loader.Matrix(parts.down, out.down);
  if (c.qkv_bias) {
    loader.Bias({{attention + "q_proj.bias", q},
                 {attention + "k_proj.bias", kv},
                 {attention + "v_proj.bias", kv}},
                out.qkv_bias);
  }
  if (c.output_bias) loader.Bias({{attention + "o_proj.bias", c.hidden}}, out.output_bias);
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

std::int64_t PackedBytes(const ModelConfig& c, kernels::WeightFormat format,
                         const TensorSource& source) {
  const auto bytes = [&](const MatrixParts& parts) {
    return PackedMatrix::BytesOf(FormatOf(parts, format, source), parts.outputs(), parts.inputs);
  };
  std::int64_t sum = bytes(HeadParts(c));
  for (std::int64_t layer = 0; layer < c.layers; ++layer) {
    const LayerParts parts = PartsOf(c, LayerName(layer));
    sum += bytes(parts.qkv) + bytes(parts.output) + bytes(parts.gate_up) + bytes(parts.down);
  }
  return sum;
}

Result<void> LoadWeights(const ModelConfig& config, const TensorSource& source,
                         kernels::WeightFormat format, ThreadTeam& team, Weights& out) {
  Loader loader(source, format, team);
  out.embedding = loader.Find(kEmbedding, config.vocabulary, config.hidden);
  loader.Vector("model.norm.weight", config.hidden, out.final_norm);
  out.layers.resize(static_cast<std::size_t>(config.layers));
  for (std::int64_t i = 0; i < config.layers && !loader.problem(); ++i) {
    LoadLayer(config, LayerName(i), loader, out.layers[static_cast<std::size_t>(i)]);
  }
  loader.Matrix(HeadParts(config), out.head);
  if (loader.problem()) return tl::unexpected<Error>(*loader.problem());
  if (format == kernels::WeightFormat::kInt4 && loader.int4_matrices() == 0) {
    return Fail(ErrorCode::kUsage,
                "{}: holds no 4-bit weights (Q4_0, Q4_1) for dtype int4: use int8", source.Place());
  }
  return {};
}

}  // namespace assay
