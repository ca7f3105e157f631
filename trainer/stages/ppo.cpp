#include "trainer/stages/ppo.h"

#include <array>
#include <cmath>

namespace assay {

std::vector<double> TokenRewards(const PolicyTokens& slice, const TrainConfig& config) {
  std::vector<double> rewards(slice.mask.size(), 0);
  const double weight = config.loss.reward_kl;
  if (weight != 0) {
    for (std::size_t t = 0; t < rewards.size(); ++t) {
      rewards[t] =
          -weight * Kl(config.loss.policy.kl, slice.old_logps[t], slice.reference_logps[t]).value;
    }
  }
  std::size_t end = 0;
  for (std::size_t row = 0; row < slice.lengths.size(); ++row) {
    end += slice.lengths[row];
    if (slice.rewards[row]) rewards[end - 1] += *slice.rewards[row];
  }
  return rewards;
}

Result<void> EstimateAdvantages(std::vector<PolicyTokens>& slices, const TrainConfig& config,
                                ProcessGroup& group) {
  std::array<double, 2> sums = {0, 0};  // tokens, and their advantages
  for (PolicyTokens& slice : slices) {
    std::vector<std::size_t> offsets = {0};
    for (const std::size_t length : slice.lengths) offsets.push_back(offsets.back() + length);
    const Gae gae = GaeOf({offsets, slice.mask}, TokenRewards(slice, config), slice.old_values,
                          config.loss.gamma, config.loss.lambda);
    slice.advantages = gae.advantages;
    slice.returns = gae.returns;
    for (std::size_t t = 0; t < slice.mask.size(); ++t) {
      if (slice.mask[t] == 0) continue;
      ++sums[0];
      sums[1] += gae.advantages[t];
    }
  }
  if (auto done = group.Sum("the advantages", sums); !done) return done;
  const double tokens = sums[0];
  if (!config.loss.whiten || tokens < 2) return {};
  const double mean = sums[1] / tokens;
  double squares = 0;
  for (const PolicyTokens& slice : slices) {
    for (std::size_t t = 0; t < slice.mask.size(); ++t) {
      const double from_mean = slice.advantages[t] - mean;
      squares += slice.mask[t] != 0 ? from_mean * from_mean : 0;
    }
  }
  if (auto done = group.Sum("the advantages", std::span(&squares, 1)); !done) return done;
  const double scale = 1 / std::sqrt(squares / (tokens - 1) + 1e-8);
  for (PolicyTokens& slice : slices) {
    for (std::size_t t = 0; t < slice.mask.size(); ++t) {
      if (slice.mask[t] != 0) slice.advantages[t] = (slice.advantages[t] - mean) * scale;
    }
  }
  return {};
}

}  // namespace assay
