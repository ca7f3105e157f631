#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/rope.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;

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

template <class T>
__global__ void RopeKernel(RopeArgs<T> a) {
  const std::int64_t row = blockIdx.x;
  const std::int64_t queries = a.heads * a.head_dim;
  const std::int64_t keys = a.kv_heads * a.head_dim;
  T* qkv = a.qkv + row * (queries + 2 * keys);
  const std::int64_t position = a.positions[row];
  const std::int64_t slot = position % kPagePositions;
  for (std::int64_t head = threadIdx.x / kWarp; head < a.heads + a.kv_heads;
       head += blockDim.x / kWarp) {
    const std::int64_t column = head * a.head_dim;
    if (head < a.heads) {
      RotateHead(a, qkv, column, a.query_norm, position, qkv + column);
    } else {
      T* out = a.cache.Keys(row, position, head - a.heads, a.head_dim) + slot * a.head_dim;
      RotateHead(a, qkv, column, a.key_norm, position, out);
    }
  }
  for (std::int64_t i = threadIdx.x; i < keys; i += blockDim.x) {
    T* values =
        a.cache.Keys(row, position, i / a.head_dim, a.head_dim) + kPagePositions * a.head_dim;
    values[slot * a.head_dim + i % a.head_dim] =
        FromFloat<T>(Biased<T>(a, qkv, queries + keys + i));
  }
}

}  // namespace

template <class T>
void RotateAndKeep(void* stream, const RopeArgs<T>& args) {
  Launch({static_cast<unsigned>(args.rows), 1, 1, kThreads, 0}, stream, RopeKernel<T>, args);
}

template void RotateAndKeep<float>(void*, const RopeArgs<float>&);
template void RotateAndKeep<Bf16>(void*, const RopeArgs<Bf16>&);
template void RotateAndKeep<Half>(void*, const RopeArgs<Half>&);

}  // namespace assay::cuda
