// runner/model/decode/sampler.h -- Draws one token from a row of logits.
//
// The distribution is softmax(logits / temperature), cut by top-k, then top-p (of what top-k left),
// then min-p, and drawn by inverting its cumulative sum in ascending order of ids at one uniform
// number. The log-probability told is that of the uncut distribution at the same temperature; at
// temperature 0 (the largest logit, lowest id first) that of temperature 1.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "runner/model/model.h"
#include "runner/model/transformer/kernels/softmax.h"

namespace assay {

struct Draw {
  TokenId id = 0;
  float logprob = 0;
};

// Keeps its buffers. One thread at a time.
class Sampler {
 public:
  // Nothing where a logit is NaN or +infinity. `uniform` is in [0, 1).
  std::optional<Draw> Pick(const float* logits, std::int64_t vocabulary, const Sampling& sampling,
                           double uniform);

 private:
  TokenId Invert(double uniform) const;
  void Cut(const Sampling& sampling);

  kernels::Softmax softmax_;
  std::vector<std::pair<float, TokenId>> kept_;
};

}  // namespace assay
