// trainer/model/adamw.h -- AdamW with decoupled weight decay (Loshchilov & Hutter 2019), on fp32
// (or fp64) masters.
#pragma once

#include <cstdint>
#include <limits>
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

// Which part of all trained numbers, counted through the parameters in order, an optimizer updates:
// ZeRO stage 1 gives each process one part, and moments for that part alone.
struct Shard {
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
};
std::int64_t TrainedNumbers(std::span<const ParameterView> parameters);

// One call at a time.
class AdamW {
 public:
  // `parameters` must outlive this.
  AdamW(const AdamWConfig& config, std::span<const ParameterView> parameters, Shard shard = {});

  void Step(double learning_rate);

  // Everything a resumed run needs: the number of steps and the moments, as bytes of this machine:
  // of each parameter the first moments of its numbers in the shard, then the second.
  std::int64_t steps() const { return steps_; }
  std::vector<std::span<char>> StateBytes();
  void set_steps(std::int64_t steps) { steps_ = steps; }
  const Shard& shard() const { return shard_; }

 private:
  // Where the shard lies in parameter `slot`.
  struct Slice {
    std::size_t begin = 0, count = 0;
  };
  template <class Real>
  void Update(const ParameterView& view, std::size_t slot, double learning_rate);

  AdamWConfig config_;
  std::span<const ParameterView> parameters_;
  Shard shard_;
  std::int64_t steps_ = 0;
  std::vector<Slice> slices_;
  // Both moments of each slice one after the other.
  std::vector<std::vector<char>> moments_;
};

}  // namespace assay
