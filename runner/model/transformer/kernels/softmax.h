// runner/model/transformer/kernels/softmax.h -- The distribution over a row of logits.
//
// Order of sums: within blocks of 512 logits in 16 float lanes (i mod 16, ascending), lanes added
// 8 + 8, 4 + 4, 2 + 2, 1 + 1; blocks added ascending in double.
#pragma once

#include <cstdint>
#include <vector>

#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

// p[i] = exponentials[i] / sum, where exponentials[i] = exp((logits[i] - max) * (1 / temperature)).
struct Softmax {
  std::vector<float> exponentials;
  std::vector<double> block_sums;  // of each 512
  float max = 0;
  float inverse_temperature = 1;
  double sum = 0;  // NaN where a logit is NaN or +infinity

  // Fills the members; keeps their memory. Needs temperature > 0 and n > 0.
  void Compute(const float* logits, std::int64_t n, double temperature);
  // ln p of the logit with this value.
  float LogProb(float logit) const;
};

}  // namespace assay::kernels
