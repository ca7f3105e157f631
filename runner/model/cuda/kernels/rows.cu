#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/rows.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 256;

template <class T>
__global__ void EmbedKernel(const T* table, const std::int32_t* tokens, const DrawnToken* drawn,
                            std::int64_t columns, float* x, float scale) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t row = blockIdx.x;
  std::int64_t token = tokens[row];
  if (token < 0) token = drawn[-1 - token].id;
  if (token < 0) token = 0;  // nothing could be drawn
  const T* from = table + token * columns;
  for (std::int64_t i = threadIdx.x; i < columns; i += blockDim.x) {
    x[row * columns + i] = ToFloat(from[i]) * scale;
  }
}

// A thread has columns thread, thread + kThreads, …; kKept of them at a time stay in registers, and
// are fetched together.
constexpr int kKept = 8;
constexpr std::int64_t kAtOnce = kKept * static_cast<std::int64_t>(kThreads);

__device__ inline std::int64_t Column(std::int64_t first, int j) {
  return first + threadIdx.x + j * static_cast<std::int64_t>(kThreads);
}

// Columns of `row` from `first` on; zeros beyond the end.
template <class T>
__device__ void LoadColumns(const T* row, std::int64_t first, std::int64_t columns,
                            float (&out)[kKept]) {
  for (int j = 0; j < kKept; ++j) {
    const std::int64_t i = Column(first, j);
    out[j] = i < columns ? ToFloat(row[i]) : 0.0F;
  }
}

template <class T>
__device__ void AddColumns(const T* row, std::int64_t first, std::int64_t columns,
                           float (&to)[kKept]) {
  float values[kKept];
  LoadColumns(row, first, columns, values);
  for (int j = 0; j < kKept; ++j) to[j] += values[j];
}

// What is added to the residual stream: its parts and its bias.
template <class T>
__device__ void AddDelta(const AddNormArgs<T>& a, std::int64_t source, std::int64_t first,
                         float (&to)[kKept]) {
  for (std::int64_t p = 0; a.delta != nullptr && p < a.parts; ++p) {
    AddColumns(a.delta + p * a.part_stride + source * a.columns, first, a.columns, to);
  }
  if (a.bias != nullptr) AddColumns(a.bias, first, a.columns, to);
}

// What RMSNorm multiplies by, from the squares that the block's threads have each summed.
template <class T>
__device__ float NormScale(const AddNormArgs<T>& a, float squares) {
  const float sum = BlockSum(squares, reinterpret_cast<float*>(SharedBytes()));
  return 1.0F / sqrtf(sum / static_cast<float>(a.columns) + a.epsilon);
}

template <class T>
__device__ float DeltaScale(const AddNormArgs<T>& a, std::int64_t source) {
  float squares = 0;
  for (std::int64_t first = 0; first < a.columns; first += kAtOnce) {
    float delta[kKept] = {};
    AddDelta(a, source, first, delta);
    for (int j = 0; j < kKept; ++j) squares = fmaf(delta[j], delta[j], squares);
  }
  return NormScale(a, squares);
}

// `to` plus delta, normalised.
template <class T>
__device__ void AddNormalised(const AddNormArgs<T>& a, std::int64_t source, std::int64_t first,
                              float scale, float (&to)[kKept]) {
  float delta[kKept] = {};
  float weight[kKept];
  AddDelta(a, source, first, delta);
  LoadColumns(a.delta_weight, first, a.columns, weight);
  for (int j = 0; j < kKept; ++j) to[j] += delta[j] * scale * weight[j];
}

// kNormalised: the delta is, by delta_weight. Compiled apart, since it needs more registers.
template <class T, bool kNormalised>
__global__ void __launch_bounds__(kThreads) AddNormKernel(AddNormArgs<T> a) {
  LetNextBegin();
  float weight[kKept];
  LoadColumns(a.weight, 0, a.columns, weight);
  WaitForPrevious();
  const std::int64_t row = blockIdx.x;
  const std::int64_t source = a.sources == nullptr ? row : a.sources[row];
  float* x = a.x + source * a.columns;
  const float delta_scale = kNormalised ? DeltaScale(a, source) : 1.0F;
  float kept[kKept];
  float squares = 0;
  for (std::int64_t first = 0; first < a.columns; first += kAtOnce) {
    LoadColumns(x, first, a.columns, kept);
    if constexpr (kNormalised) {
      AddNormalised(a, source, first, delta_scale, kept);
    } else {
      AddDelta(a, source, first, kept);
    }
    for (int j = 0; j < kKept; ++j) {
      squares = fmaf(kept[j], kept[j], squares);
      if (Column(first, j) < a.columns) x[Column(first, j)] = kept[j];
    }
  }
  const float scale = NormScale(a, squares);
  T* out = a.out + row * a.columns;
  for (std::int64_t first = 0; first < a.columns; first += kAtOnce) {
    if (a.columns > kAtOnce) {
      LoadColumns(x, first, a.columns, kept);
      LoadColumns(a.weight, first, a.columns, weight);
    }
    for (int j = 0; j < kKept; ++j) {
      const std::int64_t i = Column(first, j);
      if (i < a.columns) out[i] = FromFloat<T>(kept[j] * scale * weight[j]);
    }
  }
}

template <class T, bool kGelu>
__global__ void GatedKernel(const T* in, const float* bias, std::int64_t width, T* out) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t row = blockIdx.y;
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= width) return;
  float gate = ToFloat(in[row * 2 * width + i]);
  float up = ToFloat(in[row * 2 * width + width + i]);
  if (bias != nullptr) {
    gate += bias[i];
    up += bias[width + i];
  }
  out[row * width + i] = FromFloat<T>((kGelu ? Gelu(gate) : Silu(gate)) * up);
}

template <class T, bool kGelu>
void LaunchGated(void* stream, const T* in, const float* bias, std::int64_t rows,
                 std::int64_t width, T* out) {
  const auto blocks = static_cast<unsigned>((width + kThreads - 1) / kThreads);
  Launch({blocks, static_cast<unsigned>(rows), 1, kThreads, 0}, stream, GatedKernel<T, kGelu>, in,
         bias, width, out);
}

__global__ void SoftCapKernel(float* x, std::int64_t count, float cap) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < count) x[i] = Capped(x[i], cap);
}

}  // namespace

template <class T>
void Embed(void* stream, const T* table, const std::int32_t* tokens, const DrawnToken* drawn,
           std::int64_t rows, std::int64_t columns, float* x, float scale) {
  Launch({static_cast<unsigned>(rows), 1, 1, kThreads, 0}, stream, EmbedKernel<T>, table, tokens,
         drawn, columns, x, scale);
}

template <class T>
void AddNorm(void* stream, const AddNormArgs<T>& args) {
  Launch({static_cast<unsigned>(args.rows), 1, 1, kThreads, kThreads / kWarp * sizeof(float)},
         stream, args.delta_weight == nullptr ? AddNormKernel<T, false> : AddNormKernel<T, true>,
         args);
}

template <class T>
void SwiGlu(void* stream, const T* in, const float* bias, std::int64_t rows, std::int64_t width,
            T* out) {
  LaunchGated<T, false>(stream, in, bias, rows, width, out);
}

template <class T>
void GeGlu(void* stream, const T* in, const float* bias, std::int64_t rows, std::int64_t width,
           T* out) {
  LaunchGated<T, true>(stream, in, bias, rows, width, out);
}

void SoftCap(void* stream, float* x, std::int64_t count, float cap) {
  const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
  Launch({blocks, 1, 1, kThreads, 0}, stream, SoftCapKernel, x, count, cap);
}

#define ASSAY_FOR_TYPE(T)                                                                       \
  template void Embed<T>(void*, const T*, const std::int32_t*, const DrawnToken*, std::int64_t, \
                         std::int64_t, float*, float);                                          \
  template void AddNorm<T>(void*, const AddNormArgs<T>&);                                       \
  template void SwiGlu<T>(void*, const T*, const float*, std::int64_t, std::int64_t, T*);       \
  template void GeGlu<T>(void*, const T*, const float*, std::int64_t, std::int64_t, T*);
ASSAY_FOR_TYPE(float)
ASSAY_FOR_TYPE(Bf16)
ASSAY_FOR_TYPE(Half)
#undef ASSAY_FOR_TYPE

}  // namespace assay::cuda
