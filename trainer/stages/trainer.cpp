#include "trainer/stages/trainer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "runner/open_model.h"
#include "trainer/distributed/shards.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/gather.h"
#include "trainer/stages/policy_step.h"
#include "trainer/stages/shared_rollout.h"

namespace assay {
namespace {

// Steps in a row without an update, for gradients that are not finite, that end a run.
constexpr int kMostSkippedSteps = 10;

class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Groups that hold nothing to learn: every scored sample has the same reward, or none is scored.
bool WithoutSpread(const RolloutGroup& group, const std::vector<double>& weights) {
  std::vector<std::vector<Reward>> components;
  for (const RolloutSample& sample : group.samples) components.push_back(sample.components);
  const auto found = AdvantagesOf(components, weights, components.size(), {});
  const auto scored = std::count_if(found.rewards.begin(), found.rewards.end(),
                                    [](const Reward& reward) { return reward.has_value(); });
  return found.zero_std_share > 0 || scored < 2;
}

// Why the first sample without a verdict has none.
std::string FirstError(const std::vector<RolloutGroup>& groups) {
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      if (sample.verdict.outcome == Outcome::kError) return sample.verdict.reason;
    }
  }
  return "";
}

// A source that is somebody else's.
std::shared_ptr<const TensorSource> Borrowed(const TensorSource& source) {
  return {std::shared_ptr<const void>(), &source};
}

}  // namespace

void Trainer::Warn(const std::string& message) {
  notes_.push_back(message);
  if (events_.on_warning) events_.on_warning(message);
}

Result<Model*> Trainer::Sampler() {
  if (sampler_ && !sampler_is_old_) return sampler_.get();
  learner_->Merge();
  sampler_is_old_ = false;
  if (sampler_) {
    if (auto loaded = sampler_->Reload(); !loaded) return Pass(loaded.error());
    return sampler_.get();
  }
  LocalModelOptions options;
  options.threads = config_.threads;
  options.batch = 128;
  options.cache_bytes = std::int64_t{1} << 30;
  auto made = MakeLocalModel(LocalParts{parts_->config, Borrowed(learner_->weights()),
                                        parts_->tokenizer, parts_->chat_template, "policy"},
                             options);
  if (!made) return Pass(made.error());
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

Result<std::vector<RolloutGroup>> Trainer::Sampled(Metrics& metrics) {
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
    CountStreams(rollout->groups, metrics);
    for (RolloutGroup& group : rollout->groups) {
      const bool drop = config_.rollout.refill_rounds > 0 && WithoutSpread(group, weights);
      dropped += drop ? 1 : 0;
      (drop ? flat : kept).push_back(std::move(group));
    }
  }
  metrics.emplace_back("rollout/groups_drawn", drawn);
  metrics.emplace_back("rollout/groups_without_spread", dropped);
  metrics.emplace_back("timing_s/reward", waited);
  metrics.emplace_back("timing_s/reward_busy", busy);
  // The cap is reached: what is left over fills the step, and teaches nothing.
  while (kept.size() < wanted && !flat.empty()) {
    kept.push_back(std::move(flat.back()));
    flat.pop_back();
  }
  return kept;
}

Updater Trainer::UpdaterNow() {
  sampler_is_old_ = true;
  return {config_,
          *learner_,
          reference_.get(),
          *optimizer_,
          *group_,
          state_,
          [this](const std::string& message) { Warn(message); }};
}

Result<void> Trainer::PolicyStep(Metrics& metrics) {
  Stopwatch watch;
  auto groups = Sampled(metrics);
  if (!groups) return Pass(groups.error());
  metrics.emplace_back("timing_s/gen", watch.Lap() - Named(metrics, "timing_s/reward").value_or(0));
  const GroupAdvantages advantages = StepAdvantages(*groups, config_);
  DescribeSamples(*groups, advantages, config_, metrics);
  logged_ = SamplesToLog(*groups, advantages, config_);
  const double unscored = Named(metrics, "unscored").value_or(0);
  if (unscored > config_.reward.max_error_share) {
    return group_->Agree(
        "the rewards",
        Fail(ErrorCode::kUnavailable,
             "step {}: {:.0f}% of the samples could not be scored (reward.max_error_share is "
             "{:.0f}%): {}",
             state_.step + 1, 100 * unscored, 100 * config_.reward.max_error_share,
             FirstError(*groups)));
  }
  metrics.emplace_back("timing_s/adv", watch.Lap());
  return UpdaterNow().UpdatePolicy(*groups, advantages, metrics);
}

Result<void> Trainer::SupervisedStep(Metrics& metrics) {
  Stopwatch watch;
  std::vector<PromptGroup> groups;  // this process' share
  double tokens = 0;
  for (std::int64_t i = 0; i < config_.run.batch; ++i) {
    const Example& example =
        examples_[ShuffledIndex(config_.seed, state_.cursor++, examples_.size())];
    if (group_->Owns(static_cast<std::size_t>(i))) {
      groups.push_back({example.prompt, {example.response}});
    }
    tokens += static_cast<double>(example.response.size());
    state_.tokens += static_cast<std::int64_t>(example.prompt.size() + example.response.size());
  }
  learner_->ZeroGradients();
  const double by_teacher = config_.loss.logit_kl;
  std::array<double, 2> sums{};  // minus the log-probability, and KL to the teacher, a token
  for (std::size_t first = 0; first < groups.size();) {
    std::size_t last = first;
    std::int64_t used = 0;
    while (last < groups.size()) {
      const auto own =
          static_cast<std::int64_t>(groups[last].prompt.size() + groups[last].responses[0].size());
      if (last > first && used + own > config_.optimizer.tokens_per_batch) break;
      used += own;
      ++last;
    }
    const PackedBatch batch = Pack(std::span(groups).subspan(first, last - first));
    learner_->Accumulate(
        batch, 1,
        [&](const TokenOutputs& outputs) {
          for (const double logp : outputs.logps) sums[0] -= logp / tokens;
          for (const double kl : outputs.teacher_kl) sums[1] += kl / tokens;
          const std::size_t n = outputs.logps.size();
          TokenGradients gradients;
          gradients.logps.assign(n, -(1 - by_teacher) / tokens);
          if (teacher_) gradients.teacher_kl.assign(n, by_teacher / tokens);
          return gradients;
        },
        teacher_.get());
    first = last;
  }
  if (auto done = group_->Sum("the loss", sums); !done) return done;
  metrics.emplace_back("loss", (1 - by_teacher) * sums[0] + by_teacher * sums[1]);
  if (teacher_) metrics.emplace_back("teacher_kl", sums[1]);
  if (auto done = UpdaterNow().ApplyGradients(metrics); !done) return done;
  metrics.emplace_back("timing_s/update_actor", watch.Lap());
  return {};
}

// Problems answered by the policy or the teacher; the best right answers become examples.
Result<void> Trainer::Gather() {
  const Result<void> own = group_->first() ? GatherAlone() : Result<void>();
  if (auto agreed = group_->Agree("the gathering of responses", own); !agreed) return agreed;
  auto gathered = ReadGathered(run_, *encoder_);
  if (!gathered) return Pass(gathered.error());
  if (!*gathered) {
    return Fail(ErrorCode::kUnavailable, "{}: is not there: the processes need one folder",
                (run_ / "gathered.jsonl").string());
  }
  if ((*gathered)->examples.empty()) {
    return group_->Agree("the gathering of responses",
                         Fail(ErrorCode::kInput,
                              "none of {} responses was right: there is nothing to learn from. "
                              "Begin with easier problems, or draw more with run.samples",
                              (*gathered)->drawn));
  }
  examples_ = std::move((*gathered)->examples);
  return {};
}

Result<void> Trainer::GatherAlone() {
  if (std::filesystem::exists(run_ / "gathered.jsonl")) return {};
  std::unique_ptr<Model> teacher;
  Model* model = nullptr;
  if (config_.stage == StageKind::kDistill) {
    ModelOptions options;
    options.threads = config_.threads;
    auto opened = assay::OpenModel(config_.run.teacher, options);
    if (!opened) return Pass(opened.error());
    teacher = std::move(*opened);
    model = teacher.get();
  } else {
    auto sampler = Sampler();
    if (!sampler) return Pass(sampler.error());
    model = *sampler;
  }
  auto gathered = GatherVerified(*model, config_, data_.questions, run_, *encoder_);
  if (!gathered) return Pass(gathered.error());
  Metrics metrics = {{"gathered/drawn", static_cast<double>(gathered->drawn)},
                     {"gathered/right", static_cast<double>(gathered->right)},
                     {"gathered/problems_solved", static_cast<double>(gathered->problems_solved)},
                     {"gathered/kept", static_cast<double>(gathered->examples.size())}};
  if (auto written = metrics_->Write(0, metrics); !written) return written;
  if (events_.on_step) events_.on_step(0, config_.run.steps, metrics);
  return {};
}

Result<HeldOutResult> Trainer::EvaluateAlone(Metrics& metrics) {
  Stopwatch watch;
  auto sampler = Sampler();
  if (!sampler) return Pass(sampler.error());
  auto result = held_out_->Evaluate(**sampler, state_.step);
  if (!result) return Pass(result.error());
  metrics.emplace_back("eval/correct", result->correct);
  metrics.emplace_back("eval/reward", result->reward);
  metrics.emplace_back("eval/problems", static_cast<double>(result->problems.size()));
  metrics.emplace_back("eval/unscored", static_cast<double>(result->unscored));
  if (events_.estimate && !result->problems.empty()) {
    const Interval interval = events_.estimate(result->problems);
    metrics.emplace_back("eval/low", interval.low);
    metrics.emplace_back("eval/high", interval.high);
  }
  metrics.emplace_back("timing_s/testing", watch.Lap());
  return result;
}

Result<void> Trainer::EvaluateHeldOut(Metrics& metrics) {
  double correct = 0;
  Result<void> own;
  if (group_->first()) {
    auto result = EvaluateAlone(metrics);
    if (result) correct = result->correct;
    if (!result) own = Pass(result.error());
  }
  if (auto agreed = group_->Agree("the held-out evaluation", own); !agreed) return agreed;
  if (auto told = group_->Sum("the held-out score", std::span(&correct, 1)); !told) return told;
  if (state_.best_step < 0 || correct > state_.best_correct) {
    state_.best_step = state_.step;
    state_.best_correct = correct;
    if (config_.run.keep_best && state_.step > 0) return Save();
  }
  return {};
}

Result<void> Trainer::RefreshReference() {
  const std::int64_t refresh = config_.loss.reference_refresh;
  if (!reference_ || refresh == 0 || state_.step % refresh != 0) return {};
  learner_->Merge();
  LearnerOptions options;
  options.frozen = true;
  options.double_precision = config_.model.learner.double_precision;
  options.device = config_.model.learner.device;
  auto fresh = Learner::FromWeights(parts_->config, learner_->weights(), options, Key("none", 0));
  if (!fresh) return Pass(fresh.error());
  reference_ = std::move(*fresh);
  return {};
}

Result<void> Trainer::Save() {
  auto moments = GatherMoments(*group_, learner_->parameters(), *optimizer_);
  if (!moments) return Pass(moments.error());
  Result<void> own;
  if (group_->first()) {
    const bool refreshed = config_.loss.reference_refresh > 0;
    auto saved = SaveCheckpoint(
        run_, files_,
        {state_, *learner_, optimizer_->steps(), *moments, refreshed ? reference_.get() : nullptr});
    if (!saved) own = Pass(saved.error());
    if (saved) {
      PruneCheckpoints(run_, config_.run.keep_last, config_.run.keep_best ? state_.best_step : -1);
    }
  }
  if (auto agreed = group_->Agree("the checkpoint", own); !agreed) return agreed;
  saved_step_ = state_.step;
  return {};
}

Result<void> Trainer::Step() {
  Stopwatch watch;
  Metrics metrics;
  drawn_.clear();
  logged_.clear();
  const std::int64_t tokens_before = state_.tokens;
  const std::int64_t skipped_before = state_.skipped;
  const bool supervised = config_.stage == StageKind::kSft || !examples_.empty();
  if (auto done = supervised ? SupervisedStep(metrics) : PolicyStep(metrics); !done) return done;
  ++state_.step;
  skipped_steps_ = state_.skipped > skipped_before ? skipped_steps_ + 1 : 0;
  if (skipped_steps_ == kMostSkippedSteps) {
    return group_->Agree("the updates", TooManySkipped());
  }
  if (auto done = RefreshReference(); !done) return done;
  const double seconds = watch.Lap();
  const auto tokens = static_cast<double>(state_.tokens - tokens_before);
  metrics.emplace_back("num_tokens", static_cast<double>(state_.tokens));
  metrics.emplace_back("perf/total_num_tokens", tokens);
  metrics.emplace_back("perf/throughput", tokens / seconds);
  metrics.emplace_back("skipped_updates", static_cast<double>(state_.skipped));
  metrics.emplace_back("timing_s/step", seconds);
  metrics.emplace_back("step_time", seconds);
  const bool last = state_.step == config_.run.steps;
  const std::int64_t every = config_.run.eval_every;
  if (evaluates_ && (last || (every > 0 && state_.step % every == 0))) {
    if (auto done = EvaluateHeldOut(metrics); !done) return done;
  }
  return Tell(metrics);
}

Result<void> Trainer::TooManySkipped() const {
  const auto last = LastCheckpoint(run_);
  return Fail(ErrorCode::kUnavailable,
              "step {}: the gradients of {} steps in a row were not finite. Lower "
              "optimizer.learning_rate or optimizer.max_grad_norm; {}",
              state_.step, skipped_steps_,
              last ? "the last checkpoint is " + last->string() : "nothing was saved yet");
}

Result<void> Trainer::Tell(const Metrics& metrics) {
  for (const std::string& warning : watch_.Look(state_.step, metrics)) Warn(warning);
  Result<void> own;
  if (group_->first()) own = metrics_->Write(state_.step, metrics, logged_, notes_);
  if (auto agreed = group_->Agree(fmt::format("the end of step {}", state_.step), own); !agreed) {
    return agreed;
  }
  notes_.clear();
  if (events_.on_step) events_.on_step(state_.step, config_.run.steps, metrics);
  const std::int64_t save = config_.run.save_every;
  // Weights whose gradients are not finite do not push out those before them.
  const bool sound = skipped_steps_ == 0;
  if (sound && save > 0 && state_.step > 0 && state_.step % save == 0 &&
      saved_step_ != state_.step) {
    return Save();
  }
  return {};
}

Result<std::filesystem::path> Trainer::Run() {
  const bool gathers = config_.stage == StageKind::kReject || config_.stage == StageKind::kDistill;
  if (gathers) {
    if (auto gathered = Gather(); !gathered) return Pass(gathered.error());
    const auto total = static_cast<std::int64_t>(examples_.size()) * config_.run.epochs;
    config_.run.steps = (total + config_.run.batch - 1) / config_.run.batch;
  }
  if (evaluates_ && state_.step == 0 && config_.run.eval_every > 0) {
    Metrics before;
    if (auto done = EvaluateHeldOut(before); !done) return Pass(done.error());
    if (auto done = Tell(before); !done) return Pass(done.error());
  }
  while (state_.step < config_.run.steps) {
    if (auto done = Step(); !done) return Pass(done.error());
  }
  if (saved_step_ != state_.step) {
    if (auto saved = Save(); !saved) return Pass(saved.error());
  }
  return CheckpointFolder(run_, state_.step);
}

}  // namespace assay
