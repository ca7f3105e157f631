// trainer/model/adamw.h -- AdamW with decoupled weight decay (Loshchilov & Hutter 2019), on fp32
// (or fp64) masters.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/model/parameters.h"

namespace assay {

struct AdamWConfig {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.0;  // of every trained tensor
};

// One call at a time.
class AdamW {
 public:
  // `parameters` must outlive this.
  AdamW(const AdamWConfig& config, std::span<const ParameterView> parameters);

  void Step(double learning_rate);

  // Everything a resumed run needs: the number of steps and the moments, as bytes of this machine.
  std::int64_t steps() const { return steps_; }
  std::vector<std::span<char>> StateBytes();
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  template <class Real>
  void Update(const ParameterView& view, std::size_t slot, double learning_rate);

  AdamWConfig config_;
  std::span<const ParameterView> parameters_;
  std::int64_t steps_ = 0;
  // Both moments of each parameter one after the other; empty where it is not trained.
  std::vector<std::vector<char>> moments_;
};

}  // namespace assay
