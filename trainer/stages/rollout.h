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

// The reward's components that have a weight, and these weights.
std::vector<std::string> RewardNames(const RewardSection& reward);
std::vector<double> RewardWeights(const RewardSection& reward);
// One sample's components. All are absent where the verdict is an error.
std::vector<Reward> RewardsOf(const RewardSection& reward, const RolloutSection& rollout,
                              const RolloutSample& sample);

struct RolloutPlan {
  std::vector<const TrainProblem*> problems;
  std::vector<Key> keys;  // one a problem; sample s draws from key.With(s)
  std::int64_t group = 1;
  Sampling sampling;
};

// Draws and judges; verdicts are made while other samples are still being drawn. An error of the
// sampler (a broken model) ends it.
Result<std::vector<RolloutGroup>> RollOut(Model& model, const RolloutPlan& plan,
                                          const TrainConfig& config);

}  // namespace assay
