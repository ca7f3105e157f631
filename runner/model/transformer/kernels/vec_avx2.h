// Sixteen floats in two AVX registers (AVX2, FMA, F16C). See vec_avx512.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace assay::kernels::avx2 {
namespace {

constexpr int kTileRows = 6;
constexpr int kTileVecs = 1;
constexpr int kInt8Rows = 2;
constexpr int kAttentionRows = 3;
constexpr int kAttentionVecs = 2;

struct Vec {
  __m256 a;
  __m256 b;
};

inline Vec Load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void Store(float* p, Vec x) {
  _mm256_storeu_ps(p, x.a);
  _mm256_storeu_ps(p + 8, x.b);
}
inline Vec Set1(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Vec Zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
inline Vec Add(Vec x, Vec y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
inline Vec Sub(Vec x, Vec y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
inline Vec Mul(Vec x, Vec y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
inline Vec Div(Vec x, Vec y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
inline Vec Fma(Vec x, Vec y, Vec z) {
  return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
}
inline Vec Max(Vec x, Vec y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
inline Vec Min(Vec x, Vec y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
inline Vec Abs(Vec x) {
  const __m256 sign = _mm256_set1_ps(-0.0F);
  return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
inline __m256 ScaleHalf(__m256 p, __m256 biased) {
  const __m256i k = _mm256_slli_epi32(_mm256_castps_si256(biased), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), k));
}
inline Vec ScaleByBits(Vec p, Vec biased) {
  return {ScaleHalf(p.a, biased.a), ScaleHalf(p.b, biased.b)};
}
inline Vec ZeroWhereBelow(Vec x, Vec limit, Vec p) {
  return {_mm256_and_ps(_mm256_cmp_ps(x.a, limit.a, _CMP_NLT_UQ), p.a),
          _mm256_and_ps(_mm256_cmp_ps(x.b, limit.b, _CMP_NLT_UQ), p.b)};
}
inline void LoadBf16Pair(const std::uint16_t* p, Vec& low, Vec& high) {
  const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 16));
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(0xFFFF0000U));
  low = {_mm256_castsi256_ps(_mm256_slli_epi32(first, 16)),
         _mm256_castsi256_ps(_mm256_slli_epi32(second, 16))};
  high = {_mm256_castsi256_ps(_mm256_and_si256(first, mask)),
          _mm256_castsi256_ps(_mm256_and_si256(second, mask))};
}
inline Vec LoadHalf(const std::uint16_t* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
          _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 8)))};
}
inline void StoreHalf(std::uint16_t* p, Vec a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                   _mm256_cvtps_ph(a.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 8),
                   _mm256_cvtps_ph(a.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

struct IntVec {
  __m256i a;
  __m256i b;
};
inline IntVec StartSum(std::int32_t) { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
// |x| times the weight with x's sign: pairs stay within 2 * 127 * 127, so 16 bits do not saturate.
inline __m256i Products(const std::uint8_t* weights, __m256i x, __m256i magnitude) {
  const __m256i stored = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
  const __m256i w = _mm256_xor_si256(stored, _mm256_set1_epi8(static_cast<char>(0x80)));
  const __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w, x));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
inline void AddProducts(IntVec& sum, const std::uint8_t* weights, const std::int8_t* x) {
  std::int32_t four = 0;
  __builtin_memcpy(&four, x, sizeof four);
  const __m256i spread = _mm256_set1_epi32(four);
  const __m256i magnitude = _mm256_abs_epi8(spread);
  sum.a = _mm256_add_epi32(sum.a, Products(weights, spread, magnitude));
  sum.b = _mm256_add_epi32(sum.b, Products(weights + 32, spread, magnitude));
}
inline IntVec ZeroSum() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }

struct ByteVec {
  __m256i a;
  __m256i b;
};
inline ByteVec LoadBytes(const std::uint8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
inline ByteVec LowHalves(ByteVec x) {
  const __m256i mask = _mm256_set1_epi8(15);
  return {_mm256_and_si256(x.a, mask), _mm256_and_si256(x.b, mask)};
}
inline ByteVec HighHalves(ByteVec x) {
  return LowHalves({_mm256_srli_epi16(x.a, 4), _mm256_srli_epi16(x.b, 4)});
}
inline void AddSmallProducts(IntVec& sum, ByteVec weights, const std::int8_t* x) {
  std::int32_t four = 0;
  __builtin_memcpy(&four, x, sizeof four);
  const __m256i spread = _mm256_set1_epi32(four);
  const __m256i ones = _mm256_set1_epi16(1);
  const __m256i first = _mm256_madd_epi16(_mm256_maddubs_epi16(weights.a, spread), ones);
  const __m256i second = _mm256_madd_epi16(_mm256_maddubs_epi16(weights.b, spread), ones);
  sum.a = _mm256_add_epi32(sum.a, first);
  sum.b = _mm256_add_epi32(sum.b, second);
}
inline Vec ToFloat(IntVec x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }

}  // namespace
}  // namespace assay::kernels::avx2
