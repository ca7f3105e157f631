// trainer/stages/describe.h -- A step's samples and updates as metrics, named as TRL and verl do.
#pragma once

#include <vector>

#include "trainer/stages/metrics.h"
#include "trainer/stages/policy_step.h"
#include "trainer/stages/rollout.h"

namespace assay {

// "reward", "rewards/<component>/mean", "completions/…", "response_length/…",
// "frac_reward_zero_std", and one of ours: "correct", a share of the samples with a verdict.
void DescribeSamples(const std::vector<RolloutGroup>& groups, const GroupAdvantages& advantages,
                     const TrainConfig& config, Metrics& metrics);
// "loss", "kl", "entropy", "clip_ratio/…", "sampling/…", "training/rollout_probs_diff_…".
void DescribePass(const PolicyPass& pass, Metrics& metrics);
// "critic/vf_loss", "critic/vf_clipfrac", "critic/values/mean": PPO's value head.
void DescribeValues(const PolicyPass& pass, Metrics& metrics);

// The metric of that name; nothing where the step has none.
std::optional<double> Named(const Metrics& metrics, std::string_view name);

// The first sample of each of the first `most` groups, for the report.
std::vector<LoggedSample> SamplesToLog(const std::vector<RolloutGroup>& groups,
                                       const GroupAdvantages& advantages,
                                       const TrainConfig& config);

}  // namespace assay
