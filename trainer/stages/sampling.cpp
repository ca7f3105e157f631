// The part of a run that draws: problems, samples of the policy with their verdicts, and the step
// that learns from them.
#include <algorithm>

#include "runner/model/local_flags.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/policy_step.h"
#include "trainer/stages/sampler_limits.h"
#include "trainer/stages/shared_rollout.h"
#include "trainer/stages/stopwatch.h"
#include "trainer/stages/trainer.h"

namespace assay {
namespace {

// Groups that hold nothing to learn: every scored sample has the same reward, or none is scored.
bool WithoutSpread(const RolloutGroup& group, const std::vector<double>& weights) {
  std::vector<std::vector<Reward>> components;
  for (const RolloutSample& sample : group.samples) components.push_back(sample.components);
  const auto found = AdvantagesOf(components, weights, components.size(), {});
  const auto scored = std::count_if(found.rewards.begin(), found.rewards.end(),
                                    [](const Reward& reward) { return reward.has_value(); });
  return found.zero_std_share > 0 || scored < 2;
}

// A source that is somebody else's.
std::shared_ptr<const TensorSource> Borrowed(const TensorSource& source) {
  return {std::shared_ptr<const void>(), &source};
}

}  // namespace

Result<Model*> Trainer::Sampler() {
  if (sampler_ && !sampler_is_old_) return sampler_.get();
  learner_->Merge();
  sampler_is_old_ = false;
  if (sampler_) {
    if (auto loaded = sampler_->Reload(); !loaded) return Pass(loaded.error());
    return sampler_.get();
  }
  LocalFlags flags;
  flags.device = config_.rollout.device;
  flags.dtype = config_.rollout.dtype;
  flags.threads = config_.threads;
  auto options = ReadLocalFlags(flags);
  if (!options) return Pass(options.error());
  options->batch = kSamplerBatch;
  options->cache_bytes = kSamplerCacheBytes;
  auto made = MakeLocalModel(LocalParts{parts_->config, Borrowed(learner_->weights()),
                                        parts_->tokenizer, parts_->chat_template, "policy"},
                             *options);
  if (!made) return Within("rollout", made.error());
  sampler_ = std::move(*made);
  return sampler_.get();
}

Sampling Trainer::PolicySampling() const {
  Sampling sampling;
  sampling.max_tokens = static_cast<int>(config_.rollout.max_tokens);
  sampling.temperature = config_.rollout.temperature;
  sampling.stop = config_.rollout.stop;
  sampling.logprobs = true;
  return sampling;
}

Result<const TrainProblem*> Trainer::NextProblem() {
  const std::int64_t cursor = state_.cursor++;
  if (!data_.streams) {
    return &data_.problems[ShuffledIndex(config_.seed, cursor, data_.problems.size())];
  }
  auto drawn = data_.streams->Next(cursor);
  if (!drawn) return Pass(drawn.error());
  auto problem = EncodeDrawn(config_.data, *drawn, *encoder_);
  if (!problem) return Pass(problem.error());
  drawn_.push_back(std::move(*problem));
  return &drawn_.back();
}

void Trainer::CountStreams(const std::vector<RolloutGroup>& groups, Metrics& metrics) {
  if (!data_.streams) return;
  for (const RolloutGroup& group : groups) {
    double right = 0, scored = 0;
    for (const RolloutSample& sample : group.samples) {
      if (sample.verdict.outcome == Outcome::kError) continue;
      ++scored;
      right += sample.verdict.outcome == Outcome::kCorrect ? 1 : 0;
    }
    data_.streams->Count(*group.problem->stream, right, scored);
  }
  for (std::size_t s = 0; s < data_.streams->size(); ++s) {
    const std::string name = "streams/" + data_.streams->Name(s);
    metrics.emplace_back(name + "/success", data_.streams->state()[s].success);
    metrics.emplace_back(name + "/share", data_.streams->Share(s));
  }
  state_.streams = data_.streams->state();
}

Result<std::vector<RolloutGroup>> Trainer::Sampled(Unscored& unscored, Metrics& metrics) {
  auto sampler = Sampler();
  if (!sampler) return Pass(sampler.error());
  const auto wanted = static_cast<std::size_t>(config_.rollout.prompts);
  const auto weights = RewardWeights(config_.reward);
  std::vector<RolloutGroup> kept;
  std::vector<RolloutGroup> flat;
  double drawn = 0, dropped = 0, waited = 0, busy = 0;
  for (std::int64_t round = 0; kept.size() < wanted && round <= config_.rollout.refill_rounds;
       ++round) {
    RolloutPlan plan;
    plan.group = config_.rollout.group;
    plan.sampling = PolicySampling();
    for (std::size_t i = kept.size(); i < wanted; ++i) {
      plan.keys.push_back(Key("train", config_.seed)
                              .With(static_cast<std::uint64_t>(state_.step))
                              .With(static_cast<std::uint64_t>(state_.cursor)));
      auto problem = NextProblem();
      if (!problem) return Pass(problem.error());
      plan.problems.push_back(*problem);
    }
    auto rollout = SharedRollOut(**sampler, plan, config_, *group_);
    if (!rollout) return Pass(rollout.error());
    drawn += static_cast<double>(rollout->groups.size());
    waited += rollout->reward_wait_s;
    busy += rollout->reward_busy_s;
    // Of all that was drawn: refilling would hide the groups whose verdicts failed.
    unscored.Count(rollout->groups);
    if (unscored.share() > config_.reward.max_error_share) return std::vector<RolloutGroup>();
    CountStreams(rollout->groups, metrics);
    for (RolloutGroup& group : rollout->groups) {
      const bool drop = config_.rollout.refill_rounds > 0 && WithoutSpread(group, weights);
      dropped += drop ? 1 : 0;
      (drop ? flat : kept).push_back(std::move(group));
    }
  }
  metrics.emplace_back("rollout/groups_drawn", drawn);
  metrics.emplace_back("rollout/groups_without_spread", dropped);
  metrics.emplace_back("unscored", unscored.share());
  metrics.emplace_back("timing_s/reward", waited);
  metrics.emplace_back("timing_s/reward_busy", busy);
  // The cap is reached: what is left over fills the step, and teaches nothing.
  while (kept.size() < wanted && !flat.empty()) {
    kept.push_back(std::move(flat.back()));
    flat.pop_back();
  }
  return kept;
}

Result<void> Trainer::PolicyStep(Metrics& metrics) {
  Stopwatch watch;
  const TrainerState before = state_;
  Unscored unscored;
  auto groups = Sampled(unscored, metrics);
  if (!groups) return Pass(groups.error());
  if (unscored.share() > config_.reward.max_error_share) {
    state_ = before;
    return StopUnscored(unscored);
  }
  metrics.emplace_back("timing_s/gen", watch.Lap() - Named(metrics, "timing_s/reward").value_or(0));
  const GroupAdvantages advantages = StepAdvantages(*groups, config_);
  DescribeSamples(*groups, advantages, config_, metrics);
  logged_ = SamplesToLog(*groups, advantages, config_);
  metrics.emplace_back("timing_s/adv", watch.Lap());
  return UpdaterNow().UpdatePolicy(*groups, advantages, metrics);
}

// The step that could not be scored has changed nothing: what was learnt before it is saved, and
// the same command goes on from there.
Result<void> Trainer::StopUnscored(const Unscored& unscored) {
  std::string kept;
  if (skipped_steps_ == 0 && state_.step > 0 && saved_step_ != state_.step) {
    if (auto saved = Save(); !saved) kept = saved.error().message + "; ";
  }
  kept += LastSaved();
  return group_->Agree(
      "the rewards",
      Fail(ErrorCode::kUnavailable,
           "step {}: {:.0f}% of the samples could not be scored (reward.max_error_share is "
           "{:.0f}%): {}; {}",
           state_.step + 1, 100 * unscored.share(), 100 * config_.reward.max_error_share,
           unscored.reason, kept));
}

}  // namespace assay
