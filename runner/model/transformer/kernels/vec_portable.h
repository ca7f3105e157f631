// Sixteen floats as an array, for any processor. See vec_avx512.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "runner/model/checkpoint/half.h"

namespace assay::kernels::portable {
namespace {

constexpr int kTileRows = 4;
constexpr int kTileVecs = 1;
constexpr int kInt8Rows = 2;
constexpr int kAttentionRows = 2;
constexpr int kAttentionVecs = 1;

struct Vec {
  float v[16];
};

template <class Op>
inline Vec Each(Op op) {
  Vec out{};
  for (int i = 0; i < 16; ++i) out.v[i] = op(i);
  return out;
}

inline Vec Load(const float* p) {
  return Each([=](int i) { return p[i]; });
}
inline void Store(float* p, const Vec& a) { std::memcpy(p, a.v, sizeof a.v); }
inline Vec Set1(float a) {
  return Each([=](int) { return a; });
}
inline Vec Zero() { return Set1(0); }
inline Vec Add(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] + b.v[i]; });
}
inline Vec Sub(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] - b.v[i]; });
}
inline Vec Mul(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] * b.v[i]; });
}
inline Vec Div(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] / b.v[i]; });
}
inline Vec Fma(const Vec& a, const Vec& b, const Vec& c) {
  return Each([&](int i) { return std::fma(a.v[i], b.v[i], c.v[i]); });
}
inline Vec Max(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline Vec Min(const Vec& a, const Vec& b) {
  return Each([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline Vec Abs(const Vec& a) {
  return Each([&](int i) { return std::fabs(a.v[i]); });
}
inline Vec ScaleByBits(const Vec& p, const Vec& biased) {
  return Each([&](int i) {
    const auto k = std::bit_cast<std::uint32_t>(biased.v[i]) << 23;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p.v[i]) + k);
  });
}
inline Vec ZeroWhereBelow(const Vec& x, const Vec& limit, const Vec& p) {
  return Each([&](int i) { return x.v[i] < limit.v[i] ? 0.0F : p.v[i]; });
}
inline void LoadBf16Pair(const std::uint16_t* p, Vec& low, Vec& high) {
  low = Each([=](int i) { return Bf16ToFloat(p[2 * i]); });
  high = Each([=](int i) { return Bf16ToFloat(p[2 * i + 1]); });
}
inline Vec LoadHalf(const std::uint16_t* p) {
  return Each([=](int i) { return HalfToFloat(p[i]); });
}
inline void StoreHalf(std::uint16_t* p, const Vec& a) {
  for (int i = 0; i < 16; ++i) p[i] = FloatToHalf(a.v[i]);
}

struct IntVec {
  std::int32_t v[16];
};
inline IntVec StartSum(std::int32_t) { return {}; }
inline void AddProducts(IntVec& sum, const std::uint8_t* weights, const std::int8_t* x) {
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 4; ++j) sum.v[i] += (weights[4 * i + j] - 128) * x[j];
  }
}
inline IntVec ZeroSum() { return {}; }

struct ByteVec {
  std::uint8_t v[64];
};
inline ByteVec LoadBytes(const std::uint8_t* p) {
  ByteVec out{};
  for (int i = 0; i < 64; ++i) out.v[i] = p[i];
  return out;
}
inline ByteVec LowHalves(const ByteVec& a) {
  ByteVec out{};
  for (int i = 0; i < 64; ++i) out.v[i] = a.v[i] & 15;
  return out;
}
inline ByteVec HighHalves(const ByteVec& a) {
  ByteVec out{};
  for (int i = 0; i < 64; ++i) out.v[i] = a.v[i] >> 4;
  return out;
}
inline void AddSmallProducts(IntVec& sum, const ByteVec& weights, const std::int8_t* x) {
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 4; ++j) sum.v[i] += weights.v[4 * i + j] * x[j];
  }
}
inline Vec ToFloat(const IntVec& a) {
  return Each([&](int i) { return static_cast<float>(a.v[i]); });
}

}  // namespace
}  // namespace assay::kernels::portable
