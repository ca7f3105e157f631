#include "trainer/stages/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "runner/open_model.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/gather.h"
#include "trainer/stages/policy_step.h"

namespace assay {
namespace {

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

// Groups that hold nothing to learn: every scored sample has the same reward.
bool WithoutSpread(const RolloutGroup& group, const std::vector<double>& weights) {
  std::vector<std::vector<Reward>> components;
  for (const RolloutSample& sample : group.samples) components.push_back(sample.components);
  return AdvantagesOf(components, weights, components.size(), {}).zero_std_share > 0;
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
    auto rollout = RollOut(**sampler, plan, config_);
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

void Trainer::Update(Metrics& metrics) {
  const double norm = GradientNorm(learner_->parameters());
  metrics.emplace_back("grad_norm", norm);
  if (!std::isfinite(norm)) {
    ++state_.skipped;
    Warn(fmt::format(
        "step {}: gradients are not finite: the update is skipped, weights are unchanged",
        state_.step + 1));
    return;
  }
  const double most = config_.optimizer.max_grad_norm;
  if (most > 0 && norm > most) ScaleGradients(learner_->parameters(), most / (norm + 1e-6));
  const double rate = LearningRateAt(config_.optimizer, state_.step, config_.run.steps);
  metrics.emplace_back("learning_rate", rate);
  optimizer_->Step(rate);
  sampler_is_old_ = true;
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
    return Fail(ErrorCode::kUnavailable,
                "step {}: {:.0f}% of the samples could not be scored (reward.max_error_share is "
                "{:.0f}%): {}",
                state_.step + 1, 100 * unscored, 100 * config_.reward.max_error_share,
                groups->front().samples.front().verdict.reason);
  }
  const auto per_mini = groups->size() / static_cast<std::size_t>(config_.loss.minibatches);
  const auto samples = static_cast<std::size_t>(config_.rollout.group);
  std::vector<std::vector<PolicyTokens>> minis;
  for (std::size_t m = 0; m < static_cast<std::size_t>(config_.loss.minibatches); ++m) {
    const auto first = groups->begin() + static_cast<std::ptrdiff_t>(m * per_mini);
    const std::vector<RolloutGroup> part(first, first + static_cast<std::ptrdiff_t>(per_mini));
    const auto from =
        advantages.advantages.begin() + static_cast<std::ptrdiff_t>(m * per_mini * samples);
    minis.push_back(
        SliceGroups(part, {from, from + static_cast<std::ptrdiff_t>(per_mini * samples)}, config_));
  }
  metrics.emplace_back("timing_s/adv", watch.Lap());
  const bool several = config_.loss.epochs * config_.loss.minibatches > 1;
  double old_s = 0, reference_s = 0;
  for (auto& slices : minis) {
    for (PolicyTokens& slice : slices) {
      const PackedBatch batch = Pack(slice.groups);
      if (several) slice.old_logps = learner_->Evaluate(batch, config_.rollout.temperature).logps;
      old_s += watch.Lap();
      if (reference_) {
        slice.reference_logps = reference_->Evaluate(batch, config_.rollout.temperature).logps;
      }
      reference_s += watch.Lap();
      state_.tokens += batch.tokens();
    }
  }
  metrics.emplace_back("timing_s/old_log_prob", old_s);
  metrics.emplace_back("timing_s/ref", reference_s);
  for (int epoch = 0; epoch < config_.loss.epochs; ++epoch) {
    for (auto& slices : minis) {
      learner_->ZeroGradients();
      const PolicyPass pass = AccumulatePolicy(*learner_, slices, config_);
      Metrics own;
      DescribePass(pass, own);
      Update(own);
      const bool last = epoch + 1 == config_.loss.epochs && &slices == &minis.back();
      if (last) metrics.insert(metrics.end(), own.begin(), own.end());
    }
  }
  metrics.emplace_back("timing_s/update_actor", watch.Lap());
  return {};
}

Result<void> Trainer::SupervisedStep(Metrics& metrics) {
  Stopwatch watch;
  std::vector<PromptGroup> groups;
  double tokens = 0;
  for (std::int64_t i = 0; i < config_.run.batch; ++i) {
    const Example& example =
        examples_[ShuffledIndex(config_.seed, state_.cursor++, examples_.size())];
    groups.push_back({example.prompt, {example.response}});
    tokens += static_cast<double>(example.response.size());
  }
  learner_->ZeroGradients();
  double loss = 0;
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
    state_.tokens += batch.tokens();
    learner_->Accumulate(batch, 1, [&](const TokenOutputs& outputs) {
      for (const double logp : outputs.logps) loss -= logp / tokens;
      return TokenGradients{std::vector<double>(outputs.logps.size(), -1 / tokens), {}, {}};
    });
    first = last;
  }
  metrics.emplace_back("loss", loss);
  Update(metrics);
  metrics.emplace_back("timing_s/update_actor", watch.Lap());
  return {};
}

// Problems answered by the policy or the teacher; the best right answers become examples.
Result<void> Trainer::Gather() {
  auto before = ReadGathered(run_, *encoder_);
  if (!before) return Pass(before.error());
  if (*before) {
    examples_ = std::move((*before)->examples);
    return {};
  }
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
  if (gathered->examples.empty()) {
    return Fail(ErrorCode::kInput,
                "none of {} responses was right: there is nothing to learn from. Begin with easier "
                "problems, or draw more with run.samples",
                gathered->drawn);
  }
  examples_ = std::move(gathered->examples);
  return {};
}

Result<void> Trainer::EvaluateHeldOut(Metrics& metrics) {
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
  if (state_.best_step < 0 || result->correct > state_.best_correct) {
    state_.best_step = state_.step;
    state_.best_correct = result->correct;
    if (config_.run.keep_best && state_.step > 0) return Save();
  }
  return {};
}

Result<void> Trainer::RefreshReference() {
  const std::int64_t refresh = config_.loss.reference_refresh;
  if (!reference_ || refresh == 0 || state_.step % refresh != 0) return {};
  learner_->Merge();
  auto fresh = Learner::FromWeights(parts_->config, learner_->weights(), {}, Key("none", 0));
  if (!fresh) return Pass(fresh.error());
  reference_ = std::move(*fresh);
  return {};
}

Result<void> Trainer::Save() {
  auto saved = SaveCheckpoint(run_, files_, state_, *learner_, *optimizer_);
  if (!saved) return Pass(saved.error());
  saved_step_ = state_.step;
  PruneCheckpoints(run_, config_.run.keep_last, config_.run.keep_best ? state_.best_step : -1);
  return {};
}

Result<void> Trainer::Step() {
  Stopwatch watch;
  Metrics metrics;
  drawn_.clear();
  logged_.clear();
  const std::int64_t tokens_before = state_.tokens;
  const bool supervised = config_.stage == StageKind::kSft || !examples_.empty();
  if (auto done = supervised ? SupervisedStep(metrics) : PolicyStep(metrics); !done) return done;
  ++state_.step;
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
  if (held_out_ && (last || (every > 0 && state_.step % every == 0))) {
    if (auto done = EvaluateHeldOut(metrics); !done) return done;
  }
  return Tell(metrics);
}

Result<void> Trainer::Tell(const Metrics& metrics) {
  for (const std::string& warning : watch_.Look(state_.step, metrics)) Warn(warning);
  if (auto written = metrics_->Write(state_.step, metrics, logged_, notes_); !written) {
    return written;
  }
  notes_.clear();
  if (events_.on_step) events_.on_step(state_.step, config_.run.steps, metrics);
  const std::int64_t save = config_.run.save_every;
  if (save > 0 && state_.step > 0 && state_.step % save == 0 && saved_step_ != state_.step) {
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
  if (held_out_ && state_.step == 0 && config_.run.eval_every > 0) {
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
  return *LastCheckpoint(run_);
}

}  // namespace assay
