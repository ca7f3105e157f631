// RMSNorm and rotary positions for one instruction set; see norm.h and rope.h.
namespace assay::kernels::ASSAY_KERNELS_NAME {
namespace {

void RmsNorm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y) {
  const std::int64_t whole = n / 16 * 16;
  Vec squares = Zero();
  for (std::int64_t i = 0; i < whole; i += 16) squares = Fma(Load(x + i), Load(x + i), squares);
  if (whole < n) {
    const Vec rest = LoadSome(x + whole, n - whole);
    squares = Fma(rest, rest, squares);
  }
  const float mean = SumLanes(squares) / static_cast<float>(n);
  const Vec scale = Set1(1.0F / __builtin_sqrtf(mean + epsilon));
  for (std::int64_t i = 0; i < whole; i += 16) {
    Store(y + i, Mul(Mul(Load(x + i), scale), Load(weight + i)));
  }
  if (whole < n) {
    const Vec rest = Mul(LoadSome(x + whole, n - whole), scale);
    StoreSome(y + whole, Mul(rest, LoadSome(weight + whole, n - whole)), n - whole);
  }
}

void Rotate(float* head, const float* cos, const float* sin, std::int64_t head_dim) {
  const std::int64_t half = head_dim / 2;
  for (std::int64_t i = 0; i < half; i += 16) {
    const std::int64_t left = half - i < 16 ? half - i : 16;
    const bool full = left == 16;
    const Vec a = full ? Load(head + i) : LoadSome(head + i, left);
    const Vec b = full ? Load(head + half + i) : LoadSome(head + half + i, left);
    const Vec c = full ? Load(cos + i) : LoadSome(cos + i, left);
    const Vec s = full ? Load(sin + i) : LoadSome(sin + i, left);
    const Vec first = Fma(a, c, Sub(Zero(), Mul(b, s)));
    const Vec second = Fma(b, c, Mul(a, s));
    if (full) {
      Store(head + i, first);
      Store(head + half + i, second);
    } else {
      StoreSome(head + i, first, left);
      StoreSome(head + half + i, second, left);
    }
  }
}

}  // namespace
}  // namespace assay::kernels::ASSAY_KERNELS_NAME
