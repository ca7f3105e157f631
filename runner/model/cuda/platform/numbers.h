// runner/model/cuda/platform/numbers.h -- The number types of weights, activations and the cache.
#pragma once

#include <bit>
#include <cstdint>

#include "runner/model/checkpoint/half.h"

#ifdef __CUDACC__
#define ASSAY_BOTH __host__ __device__
#else
#define ASSAY_BOTH
#endif

namespace assay::cuda {

struct Bf16 {
  std::uint16_t bits;
};
struct Half {
  std::uint16_t bits;
};

ASSAY_BOTH inline float ToFloat(float value) { return value; }

ASSAY_BOTH inline float ToFloat(Bf16 value) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(static_cast<std::uint32_t>(value.bits) << 16);
#else
  return Bf16ToFloat(value.bits);
#endif
}

ASSAY_BOTH inline float ToFloat(Half value) {
#ifdef __CUDA_ARCH__
  float out;
  asm("cvt.f32.f16 %0, %1;" : "=f"(out) : "h"(value.bits));
  return out;
#else
  return HalfToFloat(value.bits);
#endif
}

// Rounds to nearest, ties to even.
template <class T>
ASSAY_BOTH T FromFloat(float value);

template <>
ASSAY_BOTH inline float FromFloat<float>(float value) {
  return value;
}

template <>
ASSAY_BOTH inline Bf16 FromFloat<Bf16>(float value) {
#ifdef __CUDA_ARCH__
  Bf16 out;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(out.bits) : "f"(value));
  return out;
#else
  return {FloatToBf16(value)};
#endif
}

template <>
ASSAY_BOTH inline Half FromFloat<Half>(float value) {
#ifdef __CUDA_ARCH__
  Half out;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(out.bits) : "f"(value));
  return out;
#else
  return {FloatToHalf(value)};
#endif
}

ASSAY_BOTH inline std::uint32_t FloatToBits(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  return std::bit_cast<std::uint32_t>(value);
#endif
}

ASSAY_BOTH inline float BitsToFloat(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

// Two numbers in one register, `low` in its lower half: what the matrix units take.
template <class T>
ASSAY_BOTH inline std::uint32_t Pack(T low, T high) {
  return static_cast<std::uint32_t>(low.bits) | static_cast<std::uint32_t>(high.bits) << 16;
}

// 16 bytes that travel in one instruction.
struct alignas(16) Bytes16 {
  std::uint32_t words[4];
};

}  // namespace assay::cuda
