// Warnings: each appears when its condition has lasted, says what to do, and is not repeated.
#include "trainer/stages/watch.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

Metrics Healthy() {
  return {{"reward", 0.5},
          {"reward_std", 0.4},
          {"frac_reward_zero_std", 0.2},
          {"unscored", 0.0},
          {"completions/clipped_ratio", 0.1},
          {"completions/mean_length", 40},
          {"entropy", 1.0},
          {"sampling/sampling_logp_difference/max", 1e-6}};
}

Metrics With(std::initializer_list<std::pair<std::string, double>> changes) {
  Metrics metrics = Healthy();
  for (const auto& [name, value] : changes) {
    bool found = false;
    for (auto& [known, old] : metrics) {
      if (known != name) continue;
      old = value;
      found = true;
    }
    if (!found) metrics.emplace_back(name, value);
  }
  return metrics;
}

std::vector<std::string> Steps(Watch& watch, const Metrics& metrics, std::int64_t from,
                               std::int64_t to) {
  std::vector<std::string> said;
  for (std::int64_t step = from; step < to; ++step) {
    for (std::string& text : watch.Look(step, metrics)) said.push_back(std::move(text));
  }
  return said;
}

TEST_CASE("a healthy run is left in peace") {
  Watch watch;
  CHECK(Steps(watch, Healthy(), 1, 200).empty());
}

TEST_CASE("cut-off responses are told of after three steps, once") {
  Watch watch;
  const Metrics cut = With({{"completions/clipped_ratio", 0.8}});
  CHECK(Steps(watch, cut, 1, 3).empty());
  const auto said = Steps(watch, cut, 3, 40);
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("rollout.max_tokens") != std::string::npos);
  CHECK(said[0].find("80 %") != std::string::npos);
}

TEST_CASE("groups without spread, and steps without any, are told apart") {
  Watch flat;
  const auto said = Steps(flat, With({{"frac_reward_zero_std", 0.95}}), 1, 20);
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("refill_rounds") != std::string::npos);
  Watch hopeless;
  const auto nothing =
      Steps(hopeless, With({{"frac_reward_zero_std", 1}, {"reward", 0}, {"reward_std", 0}}), 1, 20);
  REQUIRE(nothing.size() == 1);
  CHECK(nothing[0].find("too hard") != std::string::npos);
}

TEST_CASE("reward up while the held-out score falls is the sign of a hacked reward") {
  Watch watch;
  Steps(watch, With({{"reward", 0.4}}), 1, 10);
  CHECK(watch.Look(10, With({{"reward", 0.4}, {"eval/correct", 0.6}, {"eval/low", 0.55}})).empty());
  Steps(watch, With({{"reward", 0.7}}), 11, 20);
  const auto said = watch.Look(
      20, With({{"reward", 0.7}, {"eval/correct", 0.4}, {"eval/low", 0.35}, {"eval/high", 0.45}}));
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("held-out") != std::string::npos);
  // Within the interval nothing is said.
  Watch noisy;
  Steps(noisy, With({{"reward", 0.4}}), 1, 10);
  noisy.Look(10, With({{"eval/correct", 0.6}, {"eval/low", 0.5}}));
  Steps(noisy, With({{"reward", 0.7}}), 11, 20);
  CHECK(
      noisy.Look(20, With({{"reward", 0.7}, {"eval/correct", 0.55}, {"eval/low", 0.45}})).empty());
}

TEST_CASE("collapsed entropy, a sampler far from the learner, and unscored samples") {
  Watch watch;
  Steps(watch, Healthy(), 1, 5);
  const auto collapsed = Steps(watch, With({{"entropy", 0.001}}), 5, 20);
  REQUIRE(collapsed.size() == 1);
  CHECK(collapsed[0].find("entropy") != std::string::npos);
  CHECK(watch.Look(21, With({{"sampling/sampling_logp_difference/max", 0.5}})).size() == 1);
  CHECK(watch.Look(22, With({{"unscored", 0.1}})).size() == 1);
}

}  // namespace
}  // namespace assay
