// exp(x) for each lane; included once per instruction set, inside its namespace's file.
#include "runner/model/transformer/kernels/unroll.h"

namespace assay::kernels::ASSAY_KERNELS_NAME {
namespace {

// Range reduction x = k ln 2 + r by adding 1.5 * 2^23, then the degree-6 polynomial of the Cephes
// library (relative error below 2e-7). 0 below -87.3; NaN stays NaN; above 88 the value at 88.
inline Vec Exp(Vec x) {
  const Vec magic = Set1(12582912.0F);
  const Vec clamped = Min(Set1(88.0F), Max(Set1(-87.3F), x));
  const Vec biased = Fma(clamped, Set1(1.44269504F), magic);
  const Vec k = Sub(biased, magic);
  const Vec r = Fma(k, Set1(2.12194440e-4F), Fma(k, Set1(-0.693359375F), clamped));
  Vec p = Set1(1.9875691500e-4F);
  p = Fma(p, r, Set1(1.3981999507e-3F));
  p = Fma(p, r, Set1(8.3334519073e-3F));
  p = Fma(p, r, Set1(4.1665795894e-2F));
  p = Fma(p, r, Set1(1.6666665459e-1F));
  p = Fma(p, r, Set1(5.0000001201e-1F));
  p = Add(Fma(p, Mul(r, r), r), Set1(1.0F));
  return ZeroWhereBelow(x, Set1(-87.3F), ScaleByBits(p, biased));
}

// Up to 16 floats, zero beyond `count`.
inline Vec LoadSome(const float* p, std::int64_t count) {
  float padded[16] = {};
  for (std::int64_t i = 0; i < count; ++i) padded[i] = p[i];
  return Load(padded);
}

inline void StoreSome(float* p, Vec a, std::int64_t count) {
  float all[16];
  Store(all, a);
  for (std::int64_t i = 0; i < count; ++i) p[i] = all[i];
}

// cap * tanh(x / cap); see activation.h.
inline Vec SoftCapOf(Vec x, Vec cap) {
  const Vec e = Exp(Div(Add(x, x), cap));
  return Mul(cap, Sub(Set1(1.0F), Div(Set1(2.0F), Add(e, Set1(1.0F)))));
}

inline void SoftCap(float* x, std::int64_t n, float cap) {
  const Vec most = Set1(cap);
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) Store(x + i, SoftCapOf(Load(x + i), most));
  if (i < n) StoreSome(x + i, SoftCapOf(LoadSome(x + i, n - i), most), n - i);
}

// The sum of the lanes: 8 + 8, 4 + 4, 2 + 2, 1 + 1.
inline float SumLanes(Vec a) {
  float lane[16];
  Store(lane, a);
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
  }
  return lane[0];
}

}  // namespace
}  // namespace assay::kernels::ASSAY_KERNELS_NAME
