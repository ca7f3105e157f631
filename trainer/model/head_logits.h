// trainer/model/head_logits.h -- The learner's head on given logits, without tensors: what tests
// and tools check the log-probabilities of training with.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay {

struct LogitOutputs {
  std::vector<double> logps, entropies;  // [rows]
  std::vector<double> logit_gradients;   // [rows, vocabulary], of sum slopes_i logps_i
};

// `logits` is [rows, vocabulary], `predicted` and `slopes` [rows]. Computes in Real with the
// operation that the network ends in, `chunk` rows at a time.
template <class Real>
LogitOutputs HeadOfLogits(std::span<const double> logits, std::int64_t vocabulary,
                          std::span<const std::int64_t> predicted, double temperature,
                          std::int64_t chunk, std::span<const double> slopes);

}  // namespace assay
