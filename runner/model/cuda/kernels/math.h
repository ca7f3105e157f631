// runner/model/cuda/kernels/math.h -- Arithmetic that kernels share.
#pragma once

#include "runner/model/cuda/platform/platform.h"

namespace assay::cuda {

// exp(x), the bits of kernels::reference::Exp: 0 below -87.3, capped at exp(88). Without a branch:
// lanes go together.
__device__ inline float Exp(float x) {
  const float clamped = x < 88.0F ? x : 88.0F;
  const float biased = fmaf(clamped, 1.44269504F, 12582912.0F);
  const float k = biased - 12582912.0F;
  const float r = fmaf(k, 2.12194440e-4F, fmaf(k, -0.693359375F, clamped));
  float p = 1.9875691500e-4F;
  p = fmaf(p, r, 1.3981999507e-3F);
  p = fmaf(p, r, 8.3334519073e-3F);
  p = fmaf(p, r, 4.1665795894e-2F);
  p = fmaf(p, r, 1.6666665459e-1F);
  p = fmaf(p, r, 5.0000001201e-1F);
  p = fmaf(p, r * r, r) + 1.0F;
  const float power = BitsToFloat(FloatToBits(p) + (FloatToBits(biased) << 23));
  return x < -87.3F ? 0.0F : power;
}

__device__ inline float Silu(float x) { return x / (1.0F + Exp(-x)); }

// gelu by its approximation with tanh, and cap * tanh(x / cap): as on the CPU, see
// transformer/kernels/activation.h.
__device__ inline float Gelu(float x) {
  return x / (1.0F + Exp(x * fmaf(x * x, 0.044715F, 1.0F) * -1.5957691216F));
}
__device__ inline float Capped(float x, float cap) {
  return cap * (1.0F - 2.0F / (Exp((x + x) / cap) + 1.0F));
}

// The sum over the warp, in every lane: halves added to halves, 16 apart, then 8, 4, 2, 1.
template <class T>
__device__ T WarpSum(T value) {
  for (unsigned apart = kWarp / 2; apart > 0; apart /= 2) {
    value = value + __shfl_xor_sync(kAllLanes, value, apart);
  }
  return value;
}

__device__ inline float WarpMax(float value) {
  for (unsigned apart = kWarp / 2; apart > 0; apart /= 2) {
    const float other = __shfl_xor_sync(kAllLanes, value, apart);
    value = other > value ? other : value;
  }
  return value;
}

// The sum over the block, in every thread: warps' sums are added in order. `scratch` is shared
// memory for one T a warp that nobody else uses; all threads must come here.
template <class T>
__device__ T BlockSum(T value, T* scratch) {
  value = WarpSum(value);
  if (threadIdx.x % kWarp == 0) scratch[threadIdx.x / kWarp] = value;
  __syncthreads();
  T sum = scratch[0];
  for (unsigned warp = 1; warp < blockDim.x / kWarp; ++warp) sum = sum + scratch[warp];
  __syncthreads();
  return sum;
}

// Likewise the largest.
__device__ inline float BlockMax(float value, float* scratch) {
  value = WarpMax(value);
  if (threadIdx.x % kWarp == 0) scratch[threadIdx.x / kWarp] = value;
  __syncthreads();
  float largest = scratch[0];
  for (unsigned warp = 1; warp < blockDim.x / kWarp; ++warp) {
    largest = scratch[warp] > largest ? scratch[warp] : largest;
  }
  __syncthreads();
  return largest;
}

}  // namespace assay::cuda
