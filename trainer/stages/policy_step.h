// trainer/stages/policy_step.h -- The arithmetic of one policy-gradient step: from judged groups to
// gradients, in micro-batches of a token budget.
#pragma once

#include <vector>

#include "trainer/stages/metrics.h"
#include "trainer/stages/rollout.h"

namespace assay {

// The tokens of a slice of groups with everything the loss needs, in packing order.
struct PolicyTokens {
  std::vector<PromptGroup> groups;
  std::vector<std::uint8_t> mask;
  std::vector<double> advantages;
  std::vector<double> sampler_logps;
  std::vector<double> old_logps;        // empty: the learner's own at this moment (ratio 1)
  std::vector<double> reference_logps;  // empty: no KL term
  double rows = 0;
  double tokens = 0;  // with mask 1
};

// Advantages of every sample of the step, group after group.
GroupAdvantages StepAdvantages(const std::vector<RolloutGroup>& groups, const TrainConfig& config);

// Slices whose prompt and response tokens stay within the budget (one group at least).
std::vector<PolicyTokens> SliceGroups(const std::vector<RolloutGroup>& groups,
                                      const std::vector<double>& advantages,
                                      const TrainConfig& config);

// What one pass over slices saw, weighted by tokens.
struct PolicyPass {
  double loss = 0;
  double kl = 0, entropy = 0, clip_low = 0, clip_high = 0, approximate_kl = 0;
  double sampler_difference = 0, sampler_difference_max = 0, ratio_deviation = 0;
  double probability_difference = 0, probability_difference_max = 0;  // sampler's and learner's
  double tokens = 0;
};
// Adds the gradients of all slices.
PolicyPass AccumulatePolicy(Learner& learner, std::vector<PolicyTokens>& slices,
                            const TrainConfig& config);

}  // namespace assay
