// runner/model/transformer/kernels/activation.h -- SwiGLU: y[i] = gate[i] / (1 + exp(-gate[i])) *
// up[i]. Element by element, so there is no order to fix; the same bits as Epilogue::kSwiGlu.
#pragma once

#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

inline void SwiGlu(const float* gate, const float* up, std::int64_t n, float* y) {
  Kernels().swiglu(gate, up, n, y);
}

// The output of W that Epilogue::kSwiGlu wants at row `packed` of a gate-and-up matrix: `is_up` and
// the index within the gates or ups.
struct GateOrUp {
  bool is_up;
  std::int64_t index;
};
constexpr GateOrUp GateOrUpAt(std::int64_t packed) {
  return {packed % kPanel >= 16, packed / kPanel * 16 + packed % 16};
}

}  // namespace assay::kernels
