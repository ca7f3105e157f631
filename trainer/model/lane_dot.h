// trainer/model/lane_dot.h -- A dot product whose order of sums is fixed.
#pragma once

#include <cstdint>

namespace assay {

// Sums in fixed lanes, so that vector instructions may be used without reordering anything.
template <class Real>
inline Real Dot(const Real* a, const Real* b, std::int64_t n) {
  constexpr std::int64_t kLanes = 8;
  Real lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  Real tail = 0;
  for (; i < n; ++i) tail += a[i] * b[i];
  for (std::int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::int64_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0] + tail;
}

}  // namespace assay
