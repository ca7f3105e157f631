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
  std::vector<double> old_logps;            // empty: the learner's own at this moment (ratio 1)
  std::vector<double> reference_logps;      // empty: no KL term
  std::vector<double> old_values, returns;  // PPO only
  std::vector<double> entropies;            // before the update; for loss.entropy_quantile only
  std::vector<Reward> rewards;              // one a response
  std::vector<std::size_t> lengths;         // one a response
  double rows = 0;
  double tokens = 0;  // with mask 1
};

// Advantages of every sample of the step, group after group.
GroupAdvantages StepAdvantages(const std::vector<RolloutGroup>& groups, const TrainConfig& config);

// The groups of a step in slices whose prompt and response tokens stay within the budget (one group
// at least). `chosen` are indices into `groups`, of which `of_step` tells rewards and advantages.
std::vector<PolicyTokens> SliceGroups(const std::vector<RolloutGroup>& groups,
                                      const std::vector<std::size_t>& chosen,
                                      const GroupAdvantages& of_step, const TrainConfig& config);

// Of `count` groups from `first` on, those that process `rank` of `size` works on: the longest
// first, each to whom has least so far; in ascending order. Together the processes have each group
// once.
std::vector<std::size_t> ShareOf(const std::vector<RolloutGroup>& groups, std::size_t first,
                                 std::size_t count, int rank, int size);
// Rows and unmasked tokens of such groups: the divisors of the loss.
StepTotals TotalsOf(const std::vector<RolloutGroup>& groups, std::size_t first, std::size_t count,
                    const TrainConfig& config);

// What one pass over slices saw: means once Finish is called, sums before.
struct PolicyPass {
  double loss = 0;
  double kl = 0, entropy = 0, clip_low = 0, clip_high = 0, approximate_kl = 0;
  double sampler_difference = 0, sampler_difference_max = 0, ratio_deviation = 0;
  double probability_difference = 0, probability_difference_max = 0;  // sampler's and learner's
  double value_loss = 0, value_clip = 0, value_mean = 0;              // PPO only
  double tokens = 0;

  std::vector<double*> Sums();
  std::vector<double*> Maxima();
  void Finish();
};

// What a pass needs to know of the whole minibatch, over all processes.
struct PassScope {
  StepTotals totals;
  double slices = 1;                        // of all processes
  std::optional<double> entropy_threshold;  // for loss.entropy_quantile
};
// Adds the gradients of all slices.
PolicyPass AccumulatePolicy(Learner& learner, std::vector<PolicyTokens>& slices,
                            const PassScope& scope, const TrainConfig& config);

}  // namespace assay
