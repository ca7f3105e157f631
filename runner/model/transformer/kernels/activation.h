// runner/model/transformer/kernels/activation.h -- What becomes of numbers one by one, so that
// there is no order to fix.
//   SwiGLU: y = gate / (1 + exp(-gate)) * up; the same bits as Epilogue::kSwiGlu
//   GeGLU, of Epilogue::kGeGlu: y = gate / (1 + exp(s * (gate * fma(gate * gate, 0.044715, 1)))) *
//     up, s = -2 sqrt(2 / pi): gelu by its approximation with tanh, as (1 + tanh u) / 2 is
//     1 / (1 + exp(-2u))
//   soft cap: x = cap * (1 - 2 / (exp(2x / cap) + 1)), which is cap * tanh(x / cap) within 3e-7 of
//     the cap
#pragma once

#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

inline void SwiGlu(const float* gate, const float* up, std::int64_t n, float* y) {
  Kernels().swiglu(gate, up, n, y);
}

// Needs cap > 0. NaN stays NaN.
inline void SoftCap(float* x, std::int64_t n, float cap) { Kernels().soft_cap(x, n, cap); }

// The output of W that a gated Epilogue wants at row `packed` of a gate-and-up matrix: `is_up` and
// the index within the gates or ups.
struct GateOrUp {
  bool is_up;
  std::int64_t index;
};
constexpr GateOrUp GateOrUpAt(std::int64_t packed) {
  return {packed % kPanel >= 16, packed / kPanel * 16 + packed % 16};
}

}  // namespace assay::kernels
