#include "runner/model/transformer/kernels/softmax.h"

#include <cmath>

namespace assay::kernels {

void Softmax::Compute(const float* logits, std::int64_t n, double temperature) {
  exponentials.resize(static_cast<std::size_t>(n));
  block_sums.resize(static_cast<std::size_t>((n + kSumBlock - 1) / kSumBlock));
  inverse_temperature = static_cast<float>(1.0 / temperature);
  max = Kernels().max(logits, n);
  sum = Kernels().exponentials(logits, n, max, inverse_temperature, exponentials.data(),
                               block_sums.data());
}

float Softmax::LogProb(float logit) const {
  const float scaled = (logit - max) * inverse_temperature;
  return static_cast<float>(static_cast<double>(scaled) - std::log(sum));
}

}  // namespace assay::kernels
