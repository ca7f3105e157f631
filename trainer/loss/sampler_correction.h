// trainer/loss/sampler_correction.h -- Importance weights for responses that another engine, or an
// older policy, sampled: rho = exp(l_old - l_sampler), per token or over the whole response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

struct SamplerCorrection {
  bool sequence = false;  // one weight a response, from the sum over its tokens
  bool mask = false;      // weights outside the bounds become 0; otherwise they are clamped
  std::optional<double> low;
  std::optional<double> high;
};

// "token_truncate", "token_mask", "sequence_truncate", "sequence_mask"; the bounds stay absent.
std::optional<SamplerCorrection> ParseSamplerCorrection(std::string_view name);

// One weight a token; 1 for masked tokens of the token forms. A sampler log-probability that is NaN
// (not told) counts as equal to the learner's.
template <class Real>
std::vector<Real> SamplerWeights(const SamplerCorrection& correction,
                                 std::span<const std::size_t> offsets,
                                 std::span<const std::uint8_t> mask,
                                 std::span<const Real> old_logps,
                                 std::span<const Real> sampler_logps);

}  // namespace assay
