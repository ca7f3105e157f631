#include "runner/model/cuda/weights.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/thread_pool.h"
#include "runner/model/transformer/thread_team.h"

namespace assay::cuda {
namespace {

using Parts = std::vector<std::pair<std::string, std::int64_t>>;  // tensors and their rows

// Whether the file's bytes are an array of T already.
template <class T>
bool StoredAs(const StoredTensor& tensor) {
  if (tensor.interleaved_head_dim != 0) return false;
  if (std::is_same_v<T, float>) return tensor.type == StoredType::kF32;
  if (std::is_same_v<T, Bf16>) return tensor.type == StoredType::kBf16;
  return tensor.type == StoredType::kF16;
}

// Remembers the first thing that goes wrong and does nothing after it.
class Loader {
 public:
  Loader(const TensorSource& source, Stream& stream) : source_(source), stream_(stream) {}

  // The tensors' rows one after the other.
  template <class T>
  void Load(const Parts& parts, std::int64_t columns, DeviceArray<T>& out) {
    std::int64_t rows = 0;
    for (const auto& [name, count] : parts) rows += count;
    if (problem_) return;
    if (out.size() == 0) {
      auto made = DeviceArray<T>::Allocate(static_cast<std::size_t>(rows * columns));
      if (!made) return Note(made.error());
      out = *std::move(made);
    }
    T* to = out.data();
    for (const auto& [name, count] : parts) {
      const auto tensor = Require(source_, name, count, columns);
      if (!tensor) return Note(tensor.error());
      Upload(**tensor, to);
      to += count * columns;
    }
  }

  // Vectors one after the other; `parts` gives their lengths.
  void LoadVectors(const Parts& parts, DeviceArray<float>& out) {
    std::vector<float> values;
    for (const auto& [name, length] : parts) {
      const auto tensor = Require(source_, name, 1, length);
      if (!tensor) return Note(tensor.error());
      values.resize(values.size() + static_cast<std::size_t>(length));
      ReadRow(**tensor, 0, values.data() + values.size() - static_cast<std::size_t>(length));
    }
    if (problem_) return;
    if (out.size() == 0) {
      auto made = DeviceArray<float>::Allocate(values.size());
      if (!made) return Note(made.error());
      out = *std::move(made);
    }
    out.Upload(stream_, values);
  }

  Result<void> Done() {
    if (problem_) return tl::unexpected<Error>(*problem_);
    return stream_.Synchronize();
  }

 private:
  template <class T>
  void Upload(const StoredTensor& tensor, T* to) {
    const std::int64_t columns = tensor.columns;
    const bool ready = StoredAs<T>(tensor);
    if (ready && tensor.row_stride_bytes == 0) {
      stream_.Upload(to, tensor.bytes.data(),
                     static_cast<std::size_t>(tensor.rows * columns) * sizeof(T));
      return;
    }
    constexpr std::int64_t kAtOnce = std::int64_t{1} << 23;  // numbers
    const std::int64_t most = std::max<std::int64_t>(1, kAtOnce / columns);
    std::vector<T> rows(static_cast<std::size_t>(std::min(most, tensor.rows) * columns));
    for (std::int64_t first = 0; first < tensor.rows; first += most) {
      const std::int64_t count = std::min(most, tensor.rows - first);
      team_.Run([&](std::size_t) {
        std::vector<float> row(static_cast<std::size_t>(columns));
        team_.Share(count, team_.Grain(count), [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t r = begin; r < end; ++r) {
            T* out = rows.data() + r * columns;
            if (ready) {
              std::memcpy(out, RowBytes(tensor, first + r),
                          static_cast<std::size_t>(columns) * sizeof(T));
              continue;
            }
            ReadRow(tensor, first + r, row.data());
            for (std::int64_t i = 0; i < columns; ++i) {
              out[i] = FromFloat<T>(row[static_cast<std::size_t>(i)]);
            }
          }
        });
      });
      stream_.Upload(to + first * columns, rows.data(),
                     static_cast<std::size_t>(count * columns) * sizeof(T));
    }
  }

  void Note(const Error& error) {
    if (!problem_) problem_ = error;
  }

  const TensorSource& source_;
  Stream& stream_;
  ThreadTeam team_{UsableThreads()};  // a large model that is stored as another type takes a while
  std::optional<Error> problem_;
};

template <class T>
void LoadLayer(const ModelConfig& c, const std::string& layer, Loader& loader,
               LayerWeights<T>& out) {
  const std::string attention = layer + "self_attn.";
  const std::int64_t q = c.query_columns();
  const std::int64_t kv = c.kv_columns();
  const NormNames norms = NormNamesOf(c);
  loader.LoadVectors({{layer + norms.attention, c.hidden}}, out.attention_norm);
  loader.LoadVectors({{layer + norms.mlp, c.hidden}}, out.mlp_norm);
  if (c.output_norms) {
    loader.LoadVectors({{layer + norms.attention_output, c.hidden}}, out.attention_output_norm);
    loader.LoadVectors({{layer + norms.mlp_output, c.hidden}}, out.mlp_output_norm);
  }
  if (c.qk_norm) {
    loader.LoadVectors({{attention + "q_norm.weight", c.head_dim}}, out.query_norm);
    loader.LoadVectors({{attention + "k_norm.weight", c.head_dim}}, out.key_norm);
  }
  loader.Load({{attention + "q_proj.weight", q},
               {attention + "k_proj.weight", kv},
               {attention + "v_proj.weight", kv}},
              c.hidden, out.qkv);
  loader.Load({{attention + "o_proj.weight", c.hidden}}, q, out.output);
  loader.Load({{layer + "mlp.gate_proj.weight", c.intermediate},
               {layer + "mlp.up_proj.weight", c.intermediate}},
              c.hidden, out.gate_up);
  loader.Load({{layer + "mlp.down_proj.weight", c.hidden}}, c.intermediate, out.down);
}

template <class T>
void LoadBiases(const ModelConfig& c, const std::string& layer, Loader& loader,
                LayerWeights<T>& out) {
  const std::string attention = layer + "self_attn.";
  if (c.qkv_bias) {
    loader.LoadVectors({{attention + "q_proj.bias", c.query_columns()},
                        {attention + "k_proj.bias", c.kv_columns()},
                        {attention + "v_proj.bias", c.kv_columns()}},
                       out.qkv_bias);
  }
  if (c.output_bias) loader.LoadVectors({{attention + "o_proj.bias", c.hidden}}, out.output_bias);
  if (c.mlp_bias) {
    loader.LoadVectors({{layer + "mlp.gate_proj.bias", c.intermediate},
                        {layer + "mlp.up_proj.bias", c.intermediate}},
                       out.gate_up_bias);
    loader.LoadVectors({{layer + "mlp.down_proj.bias", c.hidden}}, out.down_bias);
  }
}

}  // namespace

std::int64_t WeightBytes(const ModelConfig& c, std::size_t bytes_of_number) {
  const std::int64_t matrices =
      c.layers * c.hidden * (2 * c.query_columns() + 2 * c.kv_columns() + 3 * c.intermediate) +
      c.vocabulary * c.hidden * (c.tied_head ? 1 : 2);
  const std::int64_t vectors = c.layers * (6 * c.hidden + c.query_columns() + 2 * c.kv_columns() +
                                           2 * c.intermediate + 2 * c.head_dim);
  return matrices * static_cast<std::int64_t>(bytes_of_number) +
         vectors * static_cast<std::int64_t>(sizeof(float));
}

template <class T>
Result<void> LoadWeights(const ModelConfig& config, const TensorSource& source, Stream& stream,
                         bool with_head, Weights<T>& weights) {
  Loader loader(source, stream);
  loader.Load({{"model.embed_tokens.weight", config.vocabulary}}, config.hidden, weights.embedding);
  loader.LoadVectors({{"model.norm.weight", config.hidden}}, weights.final_norm);
  weights.layers.resize(static_cast<std::size_t>(config.layers));
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    LayerWeights<T>& out = weights.layers[static_cast<std::size_t>(i)];
    LoadLayer(config, layer, loader, out);
    LoadBiases(config, layer, loader, out);
  }
  if (!config.tied_head && with_head) {
    loader.Load({{"lm_head.weight", config.vocabulary}}, config.hidden, weights.head);
  }
  return loader.Done();
}

template Result<void> LoadWeights<float>(const ModelConfig&, const TensorSource&, Stream&, bool,
                                         Weights<float>&);
template Result<void> LoadWeights<Bf16>(const ModelConfig&, const TensorSource&, Stream&, bool,
                                        Weights<Bf16>&);
template Result<void> LoadWeights<Half>(const ModelConfig&, const TensorSource&, Stream&, bool,
                                        Weights<Half>&);

}  // namespace assay::cuda
