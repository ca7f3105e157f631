#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/rows.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 256;

template <class T>
__global__ void EmbedKernel(const T* table, const std::int32_t* tokens, const DrawnToken* drawn,
                            std::int64_t columns, float* x) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t row = blockIdx.x;
  std::int64_t token = tokens[row];
  if (token < 0) token = drawn[-1 - token].id;
  if (token < 0) token = 0;  // nothing could be drawn
  const T* from = table + token * columns;
  for (std::int64_t i = threadIdx.x; i < columns; i += blockDim.x) {
    x[row * columns + i] = ToFloat(from[i]);
  }
}

template <class T>
__global__ void AddNormKernel(AddNormArgs<T> a) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t row = blockIdx.x;
  const std::int64_t source = a.sources == nullptr ? row : a.sources[row];
  float* x = a.x + source * a.columns;
  float squares = 0;
  for (std::int64_t i = threadIdx.x; i < a.columns; i += blockDim.x) {
    float value = x[i];
    if (a.delta != nullptr) {
      const T* delta = a.delta + source * a.columns + i;
      for (std::int64_t p = 0; p < a.parts; ++p) value += ToFloat(delta[p * a.part_stride]);
    }
    if (a.bias != nullptr) value += a.bias[i];
    x[i] = value;
    squares = fmaf(value, value, squares);
  }
  const float sum = BlockSum(squares, reinterpret_cast<float*>(SharedBytes()));
  const float scale = 1.0F / sqrtf(sum / static_cast<float>(a.columns) + a.epsilon);
  for (std::int64_t i = threadIdx.x; i < a.columns; i += blockDim.x) {
    a.out[row * a.columns + i] = FromFloat<T>(x[i] * scale * a.weight[i]);
  }
}

template <class T>
__global__ void SwiGluKernel(const T* in, const float* bias, std::int64_t width, T* out) {
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
  out[row * width + i] = FromFloat<T>(Silu(gate) * up);
}

}  // namespace

template <class T>
void Embed(void* stream, const T* table, const std::int32_t* tokens, const DrawnToken* drawn,
           std::int64_t rows, std::int64_t columns, float* x) {
  Launch({static_cast<unsigned>(rows), 1, 1, kThreads, 0}, stream, EmbedKernel<T>, table, tokens,
         drawn, columns, x);
}

template <class T>
void AddNorm(void* stream, const AddNormArgs<T>& args) {
  Launch({static_cast<unsigned>(args.rows), 1, 1, kThreads, kThreads / kWarp * sizeof(float)},
         stream, AddNormKernel<T>, args);
}

template <class T>
void SwiGlu(void* stream, const T* in, const float* bias, std::int64_t rows, std::int64_t width,
            T* out) {
  const auto blocks = static_cast<unsigned>((width + kThreads - 1) / kThreads);
  Launch({blocks, static_cast<unsigned>(rows), 1, kThreads, 0}, stream, SwiGluKernel<T>, in, bias,
         width, out);
}

#define ASSAY_FOR_TYPE(T)                                                                       \
  template void Embed<T>(void*, const T*, const std::int32_t*, const DrawnToken*, std::int64_t, \
                         std::int64_t, float*);                                                 \
  template void AddNorm<T>(void*, const AddNormArgs<T>&);                                       \
  template void SwiGlu<T>(void*, const T*, const float*, std::int64_t, std::int64_t, T*);
ASSAY_FOR_TYPE(float)
ASSAY_FOR_TYPE(Bf16)
ASSAY_FOR_TYPE(Half)
#undef ASSAY_FOR_TYPE

}  // namespace assay::cuda
