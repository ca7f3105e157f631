#include "trainer/stages/rollout.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>

#include "base/thread_pool.h"
#include "trainer/loss/shaping.h"

namespace assay {
namespace {

// A reward that is no number is a fault of the verifier, and no reward.
void Distrust(Verdict& verdict) {
  if (!verdict.reward || std::isfinite(*verdict.reward)) return;
  verdict.outcome = Outcome::kError;
  verdict.reason = "the verifier's reward is not a number";
  verdict.reward.reset();
}

using Clock = std::chrono::steady_clock;

}  // namespace

void Unscored::Count(bool has_verdict, const std::string& why_not) {
  ++samples;
  if (!has_verdict && failed++ == 0) reason = why_not;
}

void Unscored::Count(const std::vector<RolloutGroup>& groups) {
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      Count(sample.verdict.outcome != Outcome::kError, sample.verdict.reason);
    }
  }
}

void ShuffleRewards(std::vector<RolloutGroup>& groups, const Key& key) {
  std::vector<std::vector<Reward>> all;
  for (RolloutGroup& group : groups) {
    for (RolloutSample& sample : group.samples) all.push_back(sample.components);
  }
  Rng(key.With("shuffle")).Shuffle(all);
  std::size_t next = 0;
  for (RolloutGroup& group : groups) {
    for (RolloutSample& sample : group.samples) sample.components = all[next++];
  }
}

std::vector<std::string> RewardNames(const RewardSection& reward) {
  std::vector<std::string> names;
  if (reward.accuracy != 0) names.emplace_back("accuracy");
  if (reward.format != 0) names.emplace_back("format");
  if (reward.overlong != 0) names.emplace_back("overlong");
  if (reward.repetition != 0) names.emplace_back("repetition");
  if (reward.language != 0) names.emplace_back("language");
  return names;
}

std::vector<double> RewardWeights(const RewardSection& reward) {
  std::vector<double> weights;
  for (const double weight :
       {reward.accuracy, reward.format, reward.overlong, reward.repetition, reward.language}) {
    if (weight != 0) weights.push_back(weight);
  }
  return weights;
}

std::vector<Reward> RewardsOf(const RewardSection& reward, const RolloutSection& rollout,
                              const RolloutSample& sample) {
  std::vector<Reward> components;
  if (reward.accuracy != 0) components.push_back(sample.verdict.reward);
  if (reward.format != 0) components.emplace_back(ThinkAnswerFormat(sample.text));
  if (reward.overlong != 0) {
    components.emplace_back(OverlongPenalty(static_cast<std::int64_t>(sample.ids.size()),
                                            rollout.max_tokens, reward.overlong_cache));
  }
  if (reward.repetition != 0) {
    components.emplace_back(-RepetitionShare(sample.text, reward.repetition_words));
  }
  if (reward.language != 0) components.emplace_back(ScriptShare(sample.text, reward.script));
  if (sample.verdict.outcome == Outcome::kError) {
    std::fill(components.begin(), components.end(), Reward());
  }
  return components;
}

Result<Rollout> RollOut(Model& model, const RolloutPlan& plan, const TrainConfig& config) {
  Rollout rollout;
  std::vector<RolloutGroup>& groups = rollout.groups;
  groups.resize(plan.problems.size());
  std::vector<Request> requests;
  const auto per_group = static_cast<std::size_t>(plan.group);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].problem = plan.problems[g];
    groups[g].samples.resize(per_group);
    for (std::size_t s = 0; s < per_group; ++s) {
      requests.push_back({plan.problems[g]->prompt, plan.sampling, plan.keys[g].With(s),
                          static_cast<std::int64_t>(g), plan.problems[g]->id,
                          static_cast<std::int64_t>(s)});
    }
  }
  std::mutex mutex;
  std::optional<Error> failure;
  std::atomic<std::int64_t> busy_us = 0;
  const auto begin = Clock::now();
  Clock::time_point sampled;
  {
    ThreadPool judges(config.threads == 0 ? UsableThreads() : config.threads);
    const auto take = [&](std::size_t i, Result<Response> response) {
      if (!response) {
        const std::lock_guard lock(mutex);
        failure = response.error();
        return;
      }
      RolloutGroup& group = groups[i / per_group];
      RolloutSample& sample = group.samples[i % per_group];
      sample.ids = std::move(response->ids);
      sample.logps.assign(response->logprobs.begin(), response->logprobs.end());
      sample.text = std::move(response->text);
      sample.truncated = response->finish == Finish::kLength;
      judges.Submit([&config, &group, &sample, &busy_us] {
        const auto from = Clock::now();
        sample.verdict = group.problem->verifier->Check(
            sample.text, std::chrono::milliseconds(config.reward.budget_ms));
        Distrust(sample.verdict);
        sample.components = RewardsOf(config.reward, config.rollout, sample);
        busy_us +=
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - from).count();
      });
    };
    model.Sample(requests, take, {});
    sampled = Clock::now();
  }
  if (failure) return Pass(*failure);
  rollout.sampling_s = std::chrono::duration<double>(sampled - begin).count();
  rollout.reward_wait_s = std::chrono::duration<double>(Clock::now() - sampled).count();
  rollout.reward_busy_s = static_cast<double>(busy_us) / 1e6;
  if (config.reward.shuffle && !plan.keys.empty()) ShuffleRewards(groups, plan.keys[0]);
  return rollout;
}

}  // namespace assay
