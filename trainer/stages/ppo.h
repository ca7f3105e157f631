// trainer/stages/ppo.h -- What PPO puts in the place of group advantages: a reward per token, and
// advantages against the value head's estimates.
#pragma once

#include <vector>

#include "trainer/distributed/group.h"
#include "trainer/stages/policy_step.h"

namespace assay {

// The reward of each token of a slice: the sample's own at its last token, and minus reward_kl
// times the log-ratio to the reference at every token.
std::vector<double> TokenRewards(const PolicyTokens& slice, const TrainConfig& config);

// Sets advantages (whitened over the tokens of all slices of all processes) and returns, by
// generalised advantage estimation. Needs old_values, and with reward_kl old_logps and
// reference_logps. Unscored samples have no part.
Result<void> EstimateAdvantages(std::vector<PolicyTokens>& slices, const TrainConfig& config,
                                ProcessGroup& group);

}  // namespace assay
