#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/rope.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr unsigned kHeads = kThreads / kWarp;  // of a block

template <class T>
__device__ float Biased(const RopeArgs<T>& a, const T* row, std::int64_t column) {
  const float value = ToFloat(row[column]);
  return a.bias == nullptr ? value : value + a.bias[column];
}

// One warp normalises and rotates the head at `column` of the row, from there to `out`.
template <class T>
__device__ void RotateHead(const RopeArgs<T>& a, const T* row, std::int64_t column,
                           const float* norm, std::int64_t position, T* out) {
  const unsigned lane = threadIdx.x % kWarp;
  const std::int64_t half = a.head_dim / 2;
  float scale = 1;
  if (norm != nullptr) {
    float squares = 0;
    for (std::int64_t i = lane; i < a.head_dim; i += kWarp) {
      const float value = Biased(a, row, column + i);
      squares = fmaf(value, value, squares);
    }
    scale = 1.0F / sqrtf(WarpSum(squares) / static_cast<float>(a.head_dim) + a.epsilon);
  }
  for (std::int64_t i = lane; i < half; i += kWarp) {
    float x = Biased(a, row, column + i);
    float y = Biased(a, row, column + half + i);
    if (norm != nullptr) {
      x = x * scale * norm[i];
      y = y * scale * norm[half + i];
    }
    const float cos = a.cos[position * half + i];
    const float sin = a.sin[position * half + i];
    out[i] = FromFloat<T>(fmaf(x, cos, -(y * sin)));
    out[half + i] = FromFloat<T>(fmaf(y, cos, x * sin));
  }
}

// A warp for each head: queries, keys, values.
template <class T>
__global__ void __launch_bounds__(kThreads) RopeKernel(RopeArgs<T> a) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t row = blockIdx.x;
  const std::int64_t head = blockIdx.y * kHeads + threadIdx.x / kWarp;
  if (head >= a.heads + 2 * a.kv_heads) return;
  const std::int64_t column = head * a.head_dim;
  T* qkv = a.qkv + row * (a.heads + 2 * a.kv_heads) * a.head_dim;
  const std::int64_t position = a.positions[row];
  if (head < a.heads) {
    return RotateHead(a, qkv, column, a.query_norm, position, qkv + column);
  }
  const bool is_key = head < a.heads + a.kv_heads;
  const std::int64_t kv_head = head - a.heads - (is_key ? 0 : a.kv_heads);
  T* keys =
      a.cache.Keys(row, position, kv_head, a.head_dim) + position % kPagePositions * a.head_dim;
  if (is_key) return RotateHead(a, qkv, column, a.key_norm, position, keys);
  T* values = keys + kPagePositions * a.head_dim;
  for (std::int64_t i = threadIdx.x % kWarp; i < a.head_dim; i += kWarp) {
    values[i] = FromFloat<T>(Biased<T>(a, qkv, column + i));
  }
}

}  // namespace

template <class T>
void RotateAndKeep(void* stream, const RopeArgs<T>& args) {
  const auto blocks = static_cast<unsigned>((args.heads + 2 * args.kv_heads + kHeads - 1) / kHeads);
  Launch({static_cast<unsigned>(args.rows), blocks, 1, kThreads, 0}, stream, RopeKernel<T>, args);
}

template void RotateAndKeep<float>(void*, const RopeArgs<float>&);
template void RotateAndKeep<Bf16>(void*, const RopeArgs<Bf16>&);
template void RotateAndKeep<Half>(void*, const RopeArgs<Half>&);

}  // namespace assay::cuda
