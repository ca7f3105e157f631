// runner/model/cuda/kernels/rows.h -- What happens to each row beside products and attention:
// embedding, residual sum with RMSNorm, SwiGLU and GeGLU, caps. Their CPU references are
// reference::RmsNorm, SwiGlu and SoftCap (runner/model/transformer/kernels/reference.h).
//
// T is float, Bf16 or Half: the type of weights and of what products read and write. The residual
// stream is float. Every row is computed by itself, in an order of sums that no other row changes.
#pragma once

#include <cstdint>

#include "runner/model/cuda/kernels/sample.h"

namespace assay::cuda {

// x[r] = scale * table[tokens[r]], rows of `columns`. A negative token -1 - i stands for
// drawn[i].id, where there is one, else for token 0.
template <class T>
void Embed(void* stream, const T* table, const std::int32_t* tokens, const DrawnToken* drawn,
           std::int64_t rows, std::int64_t columns, float* x, float scale = 1);

// For each of `rows` rows r with source s = sources == null ? r : sources[r]:
//   x[s] += delta[0][s] + … + delta[parts - 1][s] + bias (each if not null); with a delta_weight
//     what is added is first normalised as below, by that weight
//   out[r] = x[s] * (1 / sqrt(mean of squares + epsilon)) * weight
// No two rows may have the same source.
template <class T>
struct AddNormArgs {
  float* x = nullptr;
  const T* delta = nullptr;
  std::int64_t parts = 1;        // of delta, one after the other
  std::int64_t part_stride = 0;  // numbers from one to the next
  const float* bias = nullptr;
  const float* delta_weight = nullptr;
  const float* weight = nullptr;
  const std::int32_t* sources = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  float epsilon = 0;
  T* out = nullptr;
};
template <class T>
void AddNorm(void* stream, const AddNormArgs<T>& args);

// out[r][i] = silu(g) * u, where g = in[r][i], u = in[r][width + i], to each its bias if not null.
template <class T>
void SwiGlu(void* stream, const T* in, const float* bias, std::int64_t rows, std::int64_t width,
            T* out);
// The same with gelu.
template <class T>
void GeGlu(void* stream, const T* in, const float* bias, std::int64_t rows, std::int64_t width,
           T* out);

// x[i] = cap * tanh(x[i] / cap) for `count` numbers.
void SoftCap(void* stream, float* x, std::int64_t count, float cap);

}  // namespace assay::cuda
