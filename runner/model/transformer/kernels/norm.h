// runner/model/transformer/kernels/norm.h -- RMSNorm of one row.
//
// Order of sums: 16 partial sums, lane j = fma(x[i], x[i], lane j) over i = j, j + 16, …; the lanes
// are added 8 + 8, 4 + 4, 2 + 2, 1 + 1. y = x * (1 / sqrt(sum / n + epsilon)) * weight. y may be x.
#pragma once

#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

inline void RmsNorm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y) {
  Kernels().rms_norm(x, weight, n, epsilon, y);
}

}  // namespace assay::kernels
