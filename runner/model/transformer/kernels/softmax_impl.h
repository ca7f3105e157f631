// The exponentials of a row of logits for one instruction set; see softmax.h.
namespace assay::kernels::ASSAY_KERNELS_NAME {
namespace {

float MaxOf(const float* x, std::int64_t n) {
  Vec largest = Set1(-__builtin_inff());
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) largest = Max(largest, Load(x + i));
  float lane[16];
  Store(lane, largest);
  float max = lane[0];
  for (int j = 1; j < 16; ++j) max = max > lane[j] ? max : lane[j];
  for (; i < n; ++i) max = max > x[i] ? max : x[i];
  return max;
}

double Exponentials(const float* x, std::int64_t n, float max, float factor, float* out,
                    double* block_sums) {
  const Vec shift = Set1(max);
  const Vec scale = Set1(factor);
  double total = 0;
  for (std::int64_t start = 0; start < n; start += kSumBlock) {
    const std::int64_t end = n - start < kSumBlock ? n : start + kSumBlock;
    Vec sum = Zero();
    std::int64_t i = start;
    for (; i + 16 <= end; i += 16) {
      const Vec e = Exp(Mul(Sub(Load(x + i), shift), scale));
      Store(out + i, e);
      sum = Add(sum, e);
    }
    if (i < end) {
      const Vec e = Exp(Mul(Sub(LoadSome(x + i, end - i), shift), scale));
      StoreSome(out + i, e, end - i);
      sum = Add(sum, LoadSome(out + i, end - i));
    }
    const double block = static_cast<double>(SumLanes(sum));
    block_sums[start / kSumBlock] = block;
    total += block;
  }
  return total;
}

}  // namespace
}  // namespace assay::kernels::ASSAY_KERNELS_NAME
