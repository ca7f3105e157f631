// runner/model/cuda/kernels/matmul.h -- Products with weights, our own: y [rows][outputs] =
// x [rows][inputs] * w [outputs][inputs]^T, sums in float. The CPU reference is reference::Linear.
//
// Matmul gives a row the same bits however many rows there are: each output is one chain over the
// inputs in ascending order (float: fused multiply-adds, the bits of the CPU's; Bf16 and Half: the
// matrix units' products of 16). MatVec is for few rows: it reads the weights once at full width,
// in an order of its own.
#pragma once

#include <cstdint>

namespace assay::cuda {

// inputs is a multiple of 8. Out is T, or float for logits.
template <class T>
struct MatmulArgs {
  const T* x = nullptr;
  const T* w = nullptr;
  std::int64_t rows = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
};

template <class T, class Out>
void Matmul(void* stream, const MatmulArgs<T>& args, Out* y);

inline constexpr std::int64_t kMostMatVecRows = 4;

template <class T, class Out>
void MatVec(void* stream, const MatmulArgs<T>& args, Out* y);

// SwiGLU (rows.h) of such a product, in one: y [rows][outputs / 2] = silu(g) * u, where g and u are
// the first and the second half of the outputs, to each its bias if not null.
template <class T>
void MatVecSwiGlu(void* stream, const MatmulArgs<T>& args, const float* bias, T* y);

}  // namespace assay::cuda
