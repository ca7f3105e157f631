// runner/model/cuda/kernels/tile.h -- Tiles of 16-bit numbers in shared memory, as the matrix units
// take them. T is Bf16 or Half.
#pragma once

#include "runner/model/cuda/platform/platform.h"

namespace assay::cuda {

// Two neighbours as one register.
template <class T>
__device__ inline std::uint32_t Pair(const T* at) {
  return *reinterpret_cast<const std::uint32_t*>(at);
}

// The left operand: 16 rows of `stride` elements from `tile` on, 16 columns.
template <class T>
__device__ inline void LoadLeft(const T* tile, std::int64_t stride, std::uint32_t (&a)[4]) {
  const unsigned lane = threadIdx.x % kWarp;
  const T* at = tile + lane / 4 * stride + lane % 4 * 2;
  a[0] = Pair(at);
  a[1] = Pair(at + 8 * stride);
  a[2] = Pair(at + 8);
  a[3] = Pair(at + 8 * stride + 8);
}

// The right operand from a tile that holds it transposed: 8 rows (its columns) of 16.
template <class T>
__device__ inline void LoadRightTransposed(const T* tile, std::int64_t stride,
                                           std::uint32_t (&b)[2]) {
  const unsigned lane = threadIdx.x % kWarp;
  const T* at = tile + lane / 4 * stride + lane % 4 * 2;
  b[0] = Pair(at);
  b[1] = Pair(at + 8);
}

// The right operand from a tile that holds it as it stands: 16 rows of 8.
template <class T>
__device__ inline void LoadRight(const T* tile, std::int64_t stride, std::uint32_t (&b)[2]) {
  const unsigned lane = threadIdx.x % kWarp;
  const T* at = tile + lane % 4 * 2 * stride + lane / 4;
  b[0] = Pack(at[0], at[stride]);
  b[1] = Pack(at[8 * stride], at[9 * stride]);
}

}  // namespace assay::cuda
