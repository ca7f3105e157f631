#include "trainer/stages/describe.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// Mean, spread and range of what was added.
class Spread {
 public:
  void Add(double value) {
    sum_ += value;
    squares_ += value * value;
    low_ = count_ == 0 ? value : std::min(low_, value);
    high_ = count_ == 0 ? value : std::max(high_, value);
    ++count_;
  }
  double mean() const { return count_ > 0 ? sum_ / count_ : 0; }
  double deviation() const {
    return count_ > 0 ? std::sqrt(std::max(0.0, squares_ / count_ - mean() * mean())) : 0;
  }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double count_ = 0, sum_ = 0, squares_ = 0, low_ = 0, high_ = 0;
};

void DescribeLengths(const std::vector<RolloutGroup>& groups, Metrics& metrics) {
  Spread all, ended, clipped;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      const auto length = static_cast<double>(sample.ids.size());
      all.Add(length);
      clipped.Add(sample.truncated ? 1 : 0);
      if (!sample.truncated) ended.Add(length);
    }
  }
  metrics.emplace_back("completions/mean_length", all.mean());
  metrics.emplace_back("completions/min_length", all.low());
  metrics.emplace_back("completions/max_length", all.high());
  metrics.emplace_back("completions/clipped_ratio", clipped.mean());
  metrics.emplace_back("completions/mean_terminated_length", ended.mean());
  metrics.emplace_back("completions/max_terminated_length", ended.high());
  metrics.emplace_back("response_length/clip_ratio", clipped.mean());
}

}  // namespace

void DescribeSamples(const std::vector<RolloutGroup>& groups, const GroupAdvantages& advantages,
                     const TrainConfig& config, Metrics& metrics) {
  Spread reward, correct;
  const auto names = RewardNames(config.reward);
  std::vector<Spread> components(names.size());
  std::size_t i = 0;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      if (sample.verdict.outcome != Outcome::kError) {
        correct.Add(sample.verdict.outcome == Outcome::kCorrect ? 1 : 0);
      }
      for (std::size_t k = 0; k < names.size(); ++k) {
        if (sample.components[k]) components[k].Add(*sample.components[k]);
      }
      if (const Reward& total = advantages.rewards[i++]; total) reward.Add(*total);
    }
  }
  metrics.emplace_back("reward", reward.mean());
  metrics.emplace_back("reward_std", reward.deviation());
  for (std::size_t k = 0; k < names.size(); ++k) {
    metrics.emplace_back("rewards/" + names[k] + "/mean", components[k].mean());
    metrics.emplace_back("rewards/" + names[k] + "/std", components[k].deviation());
  }
  metrics.emplace_back("frac_reward_zero_std", advantages.zero_std_share);
  metrics.emplace_back("correct", correct.mean());
  DescribeLengths(groups, metrics);
}

void DescribePass(const PolicyPass& pass, Metrics& metrics) {
  metrics.emplace_back("loss", pass.loss);
  metrics.emplace_back("kl", pass.kl);
  metrics.emplace_back("entropy", pass.entropy);
  metrics.emplace_back("clip_ratio/low_mean", pass.clip_low);
  metrics.emplace_back("clip_ratio/high_mean", pass.clip_high);
  metrics.emplace_back("clip_ratio/region_mean", pass.clip_low + pass.clip_high);
  metrics.emplace_back("actor/ppo_kl", pass.approximate_kl);
  metrics.emplace_back("ratio_deviation_max", pass.ratio_deviation);
  metrics.emplace_back("sampling/sampling_logp_difference/mean", pass.sampler_difference);
  metrics.emplace_back("sampling/sampling_logp_difference/max", pass.sampler_difference_max);
  metrics.emplace_back("training/rollout_probs_diff_mean", pass.probability_difference);
  metrics.emplace_back("training/rollout_probs_diff_max", pass.probability_difference_max);
}

void DescribeValues(const PolicyPass& pass, Metrics& metrics) {
  metrics.emplace_back("critic/vf_loss", pass.value_loss);
  metrics.emplace_back("critic/vf_clipfrac", pass.value_clip);
  metrics.emplace_back("critic/values/mean", pass.value_mean);
}

std::optional<double> Named(const Metrics& metrics, std::string_view name) {
  for (const auto& [known, value] : metrics) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::vector<LoggedSample> SamplesToLog(const std::vector<RolloutGroup>& groups,
                                       const GroupAdvantages& advantages,
                                       const TrainConfig& config) {
  std::vector<LoggedSample> logged;
  const auto names = RewardNames(config.reward);
  std::size_t first = 0;
  for (const RolloutGroup& group : groups) {
    if (static_cast<std::int64_t>(logged.size()) == config.run.log_samples) break;
    const RolloutSample& sample = group.samples.front();
    Json components = Json::object();
    for (std::size_t k = 0; k < names.size(); ++k) {
      components[names[k]] = sample.components[k] ? Json(*sample.components[k]) : Json();
    }
    logged.push_back({group.problem->id, group.problem->text, group.problem->reference, sample.text,
                      std::string(ToString(sample.verdict.outcome)), sample.verdict.reason,
                      DumpJson(components), advantages.rewards[first], advantages.advantages[first],
                      static_cast<std::int64_t>(sample.ids.size()), sample.truncated});
    first += group.samples.size();
  }
  return logged;
}

}  // namespace assay
