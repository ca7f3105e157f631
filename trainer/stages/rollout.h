// trainer/stages/rollout.h -- Samples of the policy with their verdicts and rewards.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runner/model/local_model.h"
#include "trainer/loss/advantage.h"
#include "trainer/stages/data.h"
#include "trainer/stages/train_config.h"
#include "verifiers/verdict.h"

namespace assay {

struct RolloutSample {
  std::vector<TokenId> ids;   // at least one
  std::vector<double> logps;  // as the sampler saw them, one per id
  std::string text;
  bool truncated = false;
  Verdict verdict;
  std::vector<Reward> components;  // in the order of RewardNames; absent: not scored
};

struct RolloutGroup {
  const TrainProblem* problem = nullptr;
  std::vector<RolloutSample> samples;
};

// Samples that the verifier failed on, among those that it was asked about.
struct Unscored {
  std::int64_t samples = 0, failed = 0;
  std::string reason;  // of the first failure

  void Count(bool has_verdict, const std::string& why_not);
  void Count(const std::vector<RolloutGroup>& groups);
  double share() const {
    return samples == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(samples);
  }
};

// The reward's components that have a weight, and these weights.
std::vector<std::string> RewardNames(const RewardSection& reward);
std::vector<double> RewardWeights(const RewardSection& reward);
// One sample's components. All are absent where the verdict is an error.
std::vector<Reward> RewardsOf(const RewardSection& reward, const RolloutSection& rollout,
                              const RolloutSample& sample);

// Deals the rewards of all samples out at random: what is left to learn is nothing.
void ShuffleRewards(std::vector<RolloutGroup>& groups, const Key& key);

struct RolloutPlan {
  std::vector<const TrainProblem*> problems;
  std::vector<Key> keys;  // one a problem; sample s draws from key.With(s)
  std::int64_t group = 1;
  Sampling sampling;
};

struct Rollout {
  std::vector<RolloutGroup> groups;
  double sampling_s = 0;     // until the last sample was drawn
  double reward_wait_s = 0;  // from then until the last verdict
  double reward_busy_s = 0;  // spent in verifiers, over all threads
};

// Draws and judges; verdicts are made while other samples are still being drawn. An error of the
// sampler (a broken model) ends it. `plan`'s problems must outlive the groups.
Result<Rollout> RollOut(Model& model, const RolloutPlan& plan, const TrainConfig& config);

}  // namespace assay
