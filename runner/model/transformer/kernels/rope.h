// runner/model/transformer/kernels/rope.h -- Rotary positions, the half-split kind of Hugging Face.
//
// For i < D/2, D being the rotated dimensions: (a, b) = (head[i], head[i + D/2]) becomes (fma(a,
// cos[i], -(b * sin[i])), fma(b, cos[i], a * sin[i])).
#pragma once

#include <cstdint>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

// Rotates the first `rotary_dim` numbers of one head in place; `cos` and `sin` hold half as many.
inline void Rotate(float* head, const float* cos, const float* sin, std::int64_t rotary_dim) {
  Kernels().rotate(head, cos, sin, rotary_dim);
}

// The rotary_dim / 2 frequencies that `config` asks for, as transformers computes them in float.
std::vector<float> RopeFrequencies(const RopeConfig& config, std::int64_t rotary_dim);

// cos and sin of position * frequency for positions [0, positions()), times the attention factor.
// Grows by request; const methods are thread-safe.
class RopeTable {
 public:
  RopeTable(const RopeConfig& config, std::int64_t rotary_dim);
  void Grow(std::int64_t positions);
  std::int64_t positions() const { return positions_; }
  const float* Cos(std::int64_t position) const { return cos_.data() + position * half_; }
  const float* Sin(std::int64_t position) const { return sin_.data() + position * half_; }

 private:
  std::int64_t half_;
  std::vector<float> frequencies_;
  float factor_;
  std::int64_t positions_ = 0;
  std::vector<float> cos_;
  std::vector<float> sin_;
};

}  // namespace assay::kernels
