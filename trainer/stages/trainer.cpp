#include "trainer/stages/trainer.h"

#include <array>
#include <cmath>

#include "runner/open_model.h"
#include "trainer/distributed/shards.h"
#include "trainer/model/tensor_memory.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/gather.h"
#include "trainer/stages/stopwatch.h"

namespace assay {
namespace {

// Steps in a row without an update, for gradients that are not finite, that end a run.
constexpr int kMostSkippedSteps = 10;

}  // namespace

void Trainer::Warn(const std::string& message) {
  notes_.push_back(message);
  if (events_.on_warning) events_.on_warning(message);
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
    options.local.threads = config_.threads;
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

// Where too many verdicts failed, the rest of them is no score.
bool Trainer::IsScore(const HeldOutResult& result) const {
  return !result.problems.empty() && result.unscored.share() <= config_.reward.max_error_share;
}

Result<HeldOutResult> Trainer::EvaluateAlone(Metrics& metrics) {
  Stopwatch watch;
  auto sampler = Sampler();
  if (!sampler) return Pass(sampler.error());
  auto result = held_out_->Evaluate(**sampler, state_.step);
  if (!result) return Pass(result.error());
  metrics.emplace_back("eval/problems", static_cast<double>(result->problems.size()));
  metrics.emplace_back("eval/unscored", static_cast<double>(result->unscored.failed));
  metrics.emplace_back("timing_s/testing", watch.Lap());
  if (result->unscored.failed > 0) {
    Warn(fmt::format("step {}: {} of {} held-out samples could not be scored: {}", state_.step,
                     result->unscored.failed, result->unscored.samples, result->unscored.reason));
  }
  if (!IsScore(*result)) return result;
  metrics.emplace_back("eval/correct", result->correct);
  metrics.emplace_back("eval/reward", result->reward);
  if (events_.estimate) {
    const Interval interval = events_.estimate(result->problems);
    metrics.emplace_back("eval/low", interval.low);
    metrics.emplace_back("eval/high", interval.high);
  }
  return result;
}

Result<void> Trainer::EvaluateHeldOut(Metrics& metrics) {
  std::array<double, 2> told{};  // whether there is a score, and the score
  Result<void> own;
  if (group_->first()) {
    auto result = EvaluateAlone(metrics);
    if (result && IsScore(*result)) told = {1, result->correct};
    if (!result) own = Pass(result.error());
  }
  if (auto agreed = group_->Agree("the held-out evaluation", own); !agreed) return agreed;
  if (auto done = group_->Sum("the held-out score", told); !done) return done;
  const auto [scored, correct] = told;
  if (scored == 0) return {};
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
  LargeTensors().Release();  // room for the copies that are written
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

std::string Trainer::LastSaved() const {
  const auto last = LastCheckpoint(run_);
  return last ? "the last checkpoint is " + last->string() : "nothing was saved yet";
}

Result<void> Trainer::TooManySkipped() const {
  return Fail(ErrorCode::kUnavailable,
              "step {}: the gradients of {} steps in a row were not finite. Lower "
              "optimizer.learning_rate or optimizer.max_grad_norm; {}",
              state_.step, skipped_steps_, LastSaved());
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
