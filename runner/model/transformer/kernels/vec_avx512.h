// Sixteen floats in one AVX-512 register. Included by kernels_avx512.cpp only; the three vec_*.h
// files define the same names with the same results, bit for bit.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace assay::kernels::avx512 {
namespace {

constexpr int kTileRows = 12;      // rows of x at once in Linear
constexpr int kTileVecs = 2;       // vectors of outputs at once in Linear: 24 accumulators
constexpr int kInt8Rows = 6;       // rows at once with int8 weights
constexpr int kAttentionRows = 4;  // queries at once
constexpr int kAttentionVecs = 4;  // pages (scores) or vectors of a value row at once

struct Vec {
  __m512 v;
};

inline Vec Load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void Store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
inline Vec Set1(float a) { return {_mm512_set1_ps(a)}; }
inline Vec Zero() { return {_mm512_setzero_ps()}; }
inline Vec Add(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vec Sub(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vec Mul(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vec Div(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Vec Fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
// a > b ? a : b, so b where one is NaN; Min likewise.
inline Vec Max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Vec Min(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Vec Abs(Vec a) { return {_mm512_abs_ps(a.v)}; }
// p * 2^k, where the low bits of `biased`'s pattern hold k.
inline Vec ScaleByBits(Vec p, Vec biased) {
  const __m512i k = _mm512_slli_epi32(_mm512_castps_si512(biased.v), 23);
  return {_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p.v), k))};
}
// x < limit ? 0 : p
inline Vec ZeroWhereBelow(Vec x, Vec limit, Vec p) {
  return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x.v, limit.v, _CMP_NLT_UQ), p.v)};
}
// 32 bf16 numbers: `low` from the low halves of the 32-bit words, `high` from the high ones.
inline void LoadBf16Pair(const std::uint16_t* p, Vec& low, Vec& high) {
  const __m512i both = _mm512_loadu_si512(p);
  low.v = _mm512_castsi512_ps(_mm512_slli_epi32(both, 16));
  high.v =
      _mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32(static_cast<int>(0xFFFF0000U))));
}
inline Vec LoadHalf(const std::uint16_t* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
// Rounds to nearest, ties to even.
inline void StoreHalf(std::uint16_t* p, Vec a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                      _mm512_cvtps_ph(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

// Sixteen 32-bit sums of products of 8-bit numbers, exact.
struct IntVec {
  __m512i v;
};
// Weights are stored as w + 128; the sum starts at -128 * (sum of x) to undo it.
inline IntVec StartSum(std::int32_t sum_of_x) { return {_mm512_set1_epi32(-128 * sum_of_x)}; }
inline void AddProducts(IntVec& sum, const std::uint8_t* weights, const std::int8_t* x) {
  std::int32_t four = 0;
  __builtin_memcpy(&four, x, sizeof four);
  sum.v = _mm512_dpbusd_epi32(sum.v, _mm512_loadu_si512(weights), _mm512_set1_epi32(four));
}
inline IntVec ZeroSum() { return {_mm512_setzero_si512()}; }

// 64 unsigned bytes; half a byte each with LowHalves and HighHalves.
struct ByteVec {
  __m512i v;
};
inline ByteVec LoadBytes(const std::uint8_t* p) { return {_mm512_loadu_si512(p)}; }
inline ByteVec LowHalves(ByteVec a) { return {_mm512_and_si512(a.v, _mm512_set1_epi8(15))}; }
inline ByteVec HighHalves(ByteVec a) {
  return {_mm512_and_si512(_mm512_srli_epi16(a.v, 4), _mm512_set1_epi8(15))};
}
// sum[i] += weights[4i to 4i+3] * x[0 to 3], weights 0 to 15.
inline void AddSmallProducts(IntVec& sum, ByteVec weights, const std::int8_t* x) {
  std::int32_t four = 0;
  __builtin_memcpy(&four, x, sizeof four);
  sum.v = _mm512_dpbusd_epi32(sum.v, weights.v, _mm512_set1_epi32(four));
}
inline Vec ToFloat(IntVec a) { return {_mm512_cvtepi32_ps(a.v)}; }

}  // namespace
}  // namespace assay::kernels::avx512
