// The ppo stage: token rewards and advantages by hand, and that it learns.
#include "trainer/stages/ppo.h"

#include <cmath>

#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

PolicyTokens TwoRows() {
  PolicyTokens slice;
  slice.lengths = {3, 2};
  slice.rewards = {Reward(1.0), Reward()};
  slice.mask = {1, 1, 1, 0, 0};
  slice.old_logps = {-1, -2, -0.5, -1, -1};
  slice.reference_logps = {-1.2, -2, -0.25, -3, -3};
  slice.old_values = {0.5, 0.25, -0.5, 9, 9};
  return slice;
}

TEST_CASE("token rewards are the sample's at its end, less the KL", "[trainer][runs]") {
  TrainConfig config = ToyConfig(ToyJson(), StageKind::kPpo);
  CHECK(TokenRewards(TwoRows(), config) == std::vector<double>{0, 0, 1, 0, 0});
  config.loss.reward_kl = 0.1;
  config.loss.policy.kl = KlEstimator::kK1;
  const auto rewards = TokenRewards(TwoRows(), config);
  CHECK(rewards[0] == Approx(-0.1 * (-1 + 1.2)));
  CHECK(rewards[1] == 0);
  CHECK(rewards[2] == Approx(1 - 0.1 * (-0.5 + 0.25)));
}

TEST_CASE("advantages and returns are GAE's, whitened", "[trainer][runs]") {
  TrainConfig config = ToyConfig(ToyJson(), StageKind::kPpo);
  config.loss.gamma = 0.9;
  config.loss.lambda = 0.8;
  config.loss.whiten = false;
  const auto group = Alone();
  std::vector<PolicyTokens> slices = {TwoRows()};
  REQUIRE(EstimateAdvantages(slices, config, *group).has_value());
  // By hand, from the end: delta = r + gamma V' - V, A = delta + gamma lambda A'.
  const double a2 = 1 - -0.5;
  const double a1 = 0.9 * -0.5 - 0.25 + 0.72 * a2;
  const double a0 = 0.9 * 0.25 - 0.5 + 0.72 * a1;
  const std::vector<double> expected = {a0, a1, a2, 0, 0};
  for (std::size_t t = 0; t < expected.size(); ++t) {
    CHECK(slices[0].advantages[t] == Approx(expected[t]));
  }
  CHECK(slices[0].returns[0] == Approx(a0 + 0.5));
  CHECK(slices[0].returns[2] == Approx(1));
  config.loss.whiten = true;
  std::vector<PolicyTokens> parts = {TwoRows(), TwoRows()};
  REQUIRE(EstimateAdvantages(parts, config, *group).has_value());
  double sum = 0, squares = 0;
  for (const PolicyTokens& part : parts) {
    for (std::size_t t = 0; t < 3; ++t) {
      sum += part.advantages[t];
      squares += part.advantages[t] * part.advantages[t];
    }
    CHECK(part.advantages[3] == 0);
  }
  CHECK(sum == Approx(0).margin(1e-12));
  CHECK(squares / 5 == Approx(1).epsilon(1e-6));
}

TEST_CASE("ppo learns to sort", "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.stage = "ppo";
  job.run = dir.path() / "run";
  job.config.erase("loss");
  job.config["rollout"] = {{"prompts", 128}, {"group", 2}, {"max_tokens", 4}};
  job.config["run"]["steps"] = 60;
  const Left left = RunHere(job);
  double first = 0, last = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    first += left.steps[i].at("reward") / 5;
    last += left.steps[left.steps.size() - 1 - i].at("reward") / 5;
  }
  INFO("mean reward " << first << " -> " << last);
  CHECK(last >= first + 0.15);
  CHECK(left.steps[0].at("ratio_deviation_max") == 0);
  CHECK(left.steps[0].at("clip_ratio/region_mean") == 0);
  CHECK(std::abs(left.steps[0].at("critic/values/mean")) < 0.2);
  CHECK(left.steps.back().at("critic/values/mean") == Approx(last).margin(0.1));
}

}  // namespace
}  // namespace assay
