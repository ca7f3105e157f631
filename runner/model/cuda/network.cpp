#include "runner/model/cuda/network.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <type_traits>
#include <utility>

#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/matmul.h"
#include "runner/model/cuda/kernels/rope.h"
#include "runner/model/cuda/kernels/rows.h"
#include "runner/model/transformer/kernels/rope.h"

namespace assay::cuda {
namespace {

template <class T>
constexpr Number NumberOf() {
  if (std::is_same_v<T, float>) return Number::kFloat;
  return std::is_same_v<T, Bf16> ? Number::kBf16 : Number::kHalf;
}

std::int64_t QkvColumns(const ModelConfig& c) { return c.query_columns() + 2 * c.kv_columns(); }

// Where prompt rows go through the matrix units.
template <class T>
bool PrefillByTiles(const ModelConfig& c) {
  return !std::is_same_v<T, float> && c.head_dim <= kMostTileDim;
}

// Floats of attention's partial results: for all samples over the whole context, or for as many
// rows at a time as fit kPartialBytes.
constexpr std::int64_t kPartialBytes = std::int64_t{256} << 20;
std::int64_t PartialSize(const ModelConfig& c, const WorkSize& size) {
  const std::int64_t most = SplitsFor(c.context);
  std::int64_t splits = 1;
  while (splits < most) splits *= 2;
  const std::int64_t enough = kPartialBytes / static_cast<std::int64_t>(sizeof(float));
  return std::max(PartialFloats(1, c.heads, c.head_dim, splits),
                  std::min(PartialFloats(size.samples, c.heads, c.head_dim, splits), enough));
}

// cuBLASLt plans for each number of rows, so a few numbers must be enough: powers of two, as passes
// of drawn tokens have them, and multiples of 64. Nobody looks at the rows beyond `rows`.
std::int64_t PlannedRows(std::int64_t rows, std::int64_t room) {
  constexpr std::int64_t kStep = 64;
  if (std::has_single_bit(static_cast<std::uint64_t>(rows))) return rows;
  return std::min((rows + kStep - 1) / kStep * kStep, room);
}

// Numbers of type T for one row.
std::int64_t RowNumbers(const ModelConfig& c) {
  return 2 * c.hidden + QkvColumns(c) + c.query_columns() + 3 * c.intermediate;
}

}  // namespace

template <class T>
std::int64_t Network<T>::WorkBytes(const ModelConfig& c, const WorkSize& size, std::int64_t parts) {
  const std::int64_t floats = size.rows * c.hidden +
                              c.context * c.head_dim * (c.window_rope ? 2 : 1) +
                              PartialSize(c, size) + size.samples * (c.vocabulary + c.heads);
  const std::int64_t joined = parts > 1 ? parts * c.hidden : 0;
  return size.rows * (RowNumbers(c) + joined) * static_cast<std::int64_t>(sizeof(T)) +
         floats * static_cast<std::int64_t>(sizeof(float));
}

template <class T>
Result<std::unique_ptr<Network<T>>> Network<T>::Create(const ModelConfig& config,
                                                       const WorkSize& size, Stream& stream,
                                                       Blas* blas, bool deterministic,
                                                       const Share& share) {
  std::unique_ptr<Network> network(new Network(config, size, stream, blas, deterministic, share));
  if (auto done = network->Allocate(); !done) return Pass(done.error());
  return network;
}

template <class T>
Result<void> Network<T>::Allocate() {
  const ModelConfig& c = config_;
  std::optional<Error> problem;
  const auto take = [&](auto& array, std::int64_t count) {
    auto made = std::remove_reference_t<decltype(array)>::Allocate(static_cast<std::size_t>(count));
    if (made) {
      array = *std::move(made);
    } else if (!problem) {
      problem = made.error();
    }
  };
  take(cos_, c.context * c.head_dim / 2);
  take(sin_, c.context * c.head_dim / 2);
  if (c.window_rope) {
    take(window_cos_, c.context * c.head_dim / 2);
    take(window_sin_, c.context * c.head_dim / 2);
  }
  take(x_, size_.rows * c.hidden);
  take(normed_, size_.rows * c.hidden);
  take(delta_, size_.rows * c.hidden);
  if (parts() > 1) take(joined_, parts() * size_.rows * c.hidden);
  take(qkv_, size_.rows * QkvColumns(c));
  take(attended_, size_.rows * c.query_columns());
  take(gate_up_, size_.rows * 2 * c.intermediate);
  take(activated_, size_.rows * c.intermediate);
  take(partial_, PartialSize(c, size_));
  take(arrived_, size_.samples * c.heads);
  take(logits_, size_.samples * c.vocabulary);
  if (problem) return tl::unexpected<Error>(*problem);
  stream_.Zero(arrived_.data(), arrived_.size() * sizeof(std::int32_t));
  UploadRope(c.rope, cos_, sin_);
  if (c.window_rope) UploadRope(*c.window_rope, window_cos_, window_sin_);
  return stream_.Synchronize();
}

template <class T>
void Network<T>::UploadRope(const RopeConfig& config, DeviceArray<float>& cos,
                            DeviceArray<float>& sin) {
  kernels::RopeTable rope(config, config_.head_dim);
  rope.Grow(config_.context);
  stream_.Upload(cos.data(), rope.Cos(0), cos.size() * sizeof(float));
  stream_.Upload(sin.data(), rope.Sin(0), sin.size() * sizeof(float));
}

template <class T>
template <class Out>
void Network<T>::Product(const T* x, const T* w, std::int64_t rows, std::int64_t room,
                         std::int64_t inputs, std::int64_t outputs, Out* y) {
  const MatmulArgs<T> args{x, w, rows, inputs, outputs};
  if (!deterministic_) {
    if (rows <= kMostMatVecRows) return MatVec(stream_.handle(), args, y);
    if (blas_ != nullptr && blas_->Multiply(stream_, NumberOf<T>(), NumberOf<Out>(), x, w,
                                            PlannedRows(rows, room), inputs, outputs, y)) {
      return;
    }
  }
  Matmul(stream_.handle(), args, y);
}

template <class T>
void Network<T>::Activate(const LayerWeights<T>& w, std::int64_t rows) {
  const ModelConfig& c = config_;
  const float* bias = w.gate_up_bias.data();
  const bool silu = c.activation == Activation::kSilu;
  if (silu && !deterministic_ && rows <= kMostMatVecRows) {
    return MatVecSwiGlu<T>(stream_.handle(),
                           {normed_.data(), w.gate_up.data(), rows, c.hidden, 2 * c.intermediate},
                           bias, activated_.data());
  }
  Product(normed_.data(), w.gate_up.data(), rows, size_.rows, c.hidden, 2 * c.intermediate,
          gate_up_.data());
  const auto gated = silu ? SwiGlu<T> : GeGlu<T>;
  gated(stream_.handle(), gate_up_.data(), bias, rows, c.intermediate, activated_.data());
}

template <class T>
typename Network<T>::Addend Network<T>::Join(std::int64_t rows, const DeviceArray<float>& bias,
                                             const DeviceArray<float>& norm) {
  const std::int64_t count = rows * config_.hidden;
  if (parts() > 1) {
    share_.link->Gather(stream_, NumberOf<T>(), delta_.data(), joined_.data(), count);
    return {joined_.data(), rows, bias.data(), norm.data()};
  }
  if (share_.link != nullptr) share_.link->Sum(stream_, NumberOf<T>(), delta_.data(), count);
  return {delta_.data(), rows, bias.data(), norm.data()};
}

template <class T>
void Network<T>::Norm(const Addend& addend, const DeviceArray<float>& weight,
                      const std::int32_t* sources, std::int64_t rows) {
  AddNormArgs<T> args;
  args.x = x_.data();
  args.delta = addend.data;
  args.parts = parts();
  args.part_stride = addend.rows * config_.hidden;
  args.bias = addend.bias;
  args.delta_weight = addend.norm;
  args.weight = weight.data();
  args.sources = sources;
  args.rows = rows;
  args.columns = config_.hidden;
  args.epsilon = static_cast<float>(config_.rms_eps);
  args.out = normed_.data();
  AddNorm(stream_.handle(), args);
}

template <class T>
void Network<T>::Attention(std::int64_t layer, const LayerWeights<T>& w, const StepShape& shape,
                           const std::int32_t* data, const CacheView<T>& cache) {
  const ModelConfig& c = config_;
  RopeArgs<T> rope;
  rope.qkv = qkv_.data();
  rope.rows = shape.rows();
  rope.heads = c.heads;
  rope.kv_heads = c.kv_heads;
  rope.head_dim = c.head_dim;
  rope.bias = w.qkv_bias.data();
  rope.query_norm = w.query_norm.data();
  rope.key_norm = w.key_norm.data();
  rope.epsilon = static_cast<float>(c.rms_eps);
  const bool windowed = c.IsWindowed(layer);
  rope.cos = windowed && c.window_rope ? window_cos_.data() : cos_.data();
  rope.sin = windowed && c.window_rope ? window_sin_.data() : sin_.data();
  rope.positions = data + shape.positions_at();
  rope.cache = cache;
  RotateAndKeep(stream_.handle(), rope);

  AttentionArgs<T> args;
  args.qkv = qkv_.data();
  args.row_stride = QkvColumns(c);
  args.heads = c.heads;
  args.kv_heads = c.kv_heads;
  args.head_dim = c.head_dim;
  args.scale = c.attention_scale();
  args.cap = static_cast<float>(c.score_cap.value_or(0));
  args.window = windowed ? c.window : 0;
  args.positions = rope.positions;
  args.cache = cache;
  args.out = attended_.data();
  const bool tiles = PrefillByTiles<T>(c);
  const std::int64_t one_by_one = tiles ? shape.decode_rows : shape.rows();
  const std::int64_t row_needs = PartialFloats(1, c.heads, c.head_dim, shape.splits);
  const auto room = static_cast<std::int64_t>(partial_.size());
  const std::int64_t at_once =
      row_needs == 0 ? size_.samples : std::min(size_.samples, room / row_needs);
  for (std::int64_t first = 0; first < one_by_one; first += at_once) {
    args.first_row = first;
    args.rows = std::min(at_once, one_by_one - first);
    AttendDecode(stream_.handle(), args, shape.splits, {partial_.data(), arrived_.data()});
  }
  if constexpr (!std::is_same_v<T, float>) {
    if (tiles && shape.tiles > 0) {
      AttendPrefill(stream_.handle(), args,
                    reinterpret_cast<const PrefillTile*>(data + shape.tiles_at()), shape.tiles);
    }
  }
}

template <class T>
void Network<T>::Run(const Weights<T>& weights, const StepShape& shape, const std::int32_t* data,
                     const DrawnToken* drawn, T* pool, std::int64_t page_stride) {
  const ModelConfig& c = config_;
  const std::int64_t rows = shape.rows();
  const std::int64_t room = size_.rows;
  Embed(stream_.handle(), weights.embedding.data(), data, drawn, rows, c.hidden, x_.data(),
        c.embedding_scale());
  CacheView<T> cache;
  cache.pool = pool;
  cache.page_stride = page_stride;
  cache.sequences = data + shape.sequences_at();
  cache.tables = data + shape.tables_at();
  cache.table_stride = shape.table_stride();
  Addend addend;
  for (std::int64_t layer = 0; layer < c.layers; ++layer) {
    const LayerWeights<T>& w = weights.layers[static_cast<std::size_t>(layer)];
    Norm(addend, w.attention_norm, nullptr, rows);
    Product(normed_.data(), w.qkv.data(), rows, room, c.hidden, QkvColumns(c), qkv_.data());
    Attention(layer, w, shape, data, cache);
    cache.layer_offset += 2 * kPagePositions * c.kv_columns();
    Product(attended_.data(), w.output.data(), rows, room, c.query_columns(), c.hidden,
            delta_.data());
    addend = Join(rows, w.output_bias, w.attention_output_norm);
    Norm(addend, w.mlp_norm, nullptr, rows);
    Activate(w, rows);
    Product(activated_.data(), w.down.data(), rows, room, c.intermediate, c.hidden, delta_.data());
    addend = Join(rows, w.down_bias, w.mlp_output_norm);
  }
  if (shape.wanted == 0 || !share_.has_head) return;
  Norm(addend, weights.final_norm, data + shape.sources_at(), shape.wanted);
  const T* head = c.tied_head ? weights.embedding.data() : weights.head.data();
  Product(normed_.data(), head, shape.wanted, size_.samples, c.hidden, c.vocabulary,
          logits_.data());
  if (!c.logit_cap) return;
  SoftCap(stream_.handle(), logits_.data(), shape.wanted * c.vocabulary,
          static_cast<float>(*c.logit_cap));
}

template class Network<float>;
template class Network<Bf16>;
template class Network<Half>;

}  // namespace assay::cuda
