#include "trainer/stages/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

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

double Mean(double sum, double count) { return count > 0 ? sum / count : 0; }

// Rewards, lengths and verdicts of a step, under the names dashboards know.
void DescribeSamples(const std::vector<RolloutGroup>& groups, const GroupAdvantages& advantages,
                     const TrainConfig& config, Metrics& metrics) {
  double samples = 0, scored = 0, reward = 0, squares = 0, length = 0, truncated = 0, correct = 0;
  double unscored = 0;
  std::size_t longest = 0;
  const auto names = RewardNames(config.reward);
  std::vector<double> sums(names.size(), 0);
  std::size_t i = 0;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      ++samples;
      length += static_cast<double>(sample.ids.size());
      longest = std::max(longest, sample.ids.size());
      truncated += sample.truncated ? 1 : 0;
      correct += sample.verdict.outcome == Outcome::kCorrect ? 1 : 0;
      unscored += sample.verdict.outcome == Outcome::kError ? 1 : 0;
      for (std::size_t k = 0; k < names.size(); ++k) sums[k] += sample.components[k].value_or(0);
      if (const Reward& total = advantages.rewards[i++]; total) {
        ++scored;
        reward += *total;
        squares += *total * *total;
      }
    }
  }
  const double mean = Mean(reward, scored);
  metrics.emplace_back("reward", mean);
  metrics.emplace_back("reward_std", std::sqrt(std::max(0.0, Mean(squares, scored) - mean * mean)));
  for (std::size_t k = 0; k < names.size(); ++k) {
    metrics.emplace_back("rewards/" + names[k] + "/mean", Mean(sums[k], samples - unscored));
  }
  metrics.emplace_back("frac_reward_zero_std", advantages.zero_std_share);
  metrics.emplace_back("correct", Mean(correct, samples));
  metrics.emplace_back("unscored", Mean(unscored, samples));
  metrics.emplace_back("completions/mean_length", Mean(length, samples));
  metrics.emplace_back("completions/max_length", static_cast<double>(longest));
  metrics.emplace_back("completions/clipped_ratio", Mean(truncated, samples));
}

void DescribePass(const PolicyPass& pass, Metrics& metrics) {
  metrics.emplace_back("loss", pass.loss);
  metrics.emplace_back("kl", pass.kl);
  metrics.emplace_back("entropy", pass.entropy);
  metrics.emplace_back("clip_ratio/low_mean", pass.clip_low);
  metrics.emplace_back("clip_ratio/high_mean", pass.clip_high);
  metrics.emplace_back("sampling/sampling_logp_difference/mean", pass.sampler_difference);
  metrics.emplace_back("sampling/sampling_logp_difference/max", pass.sampler_difference_max);
}

double Named(const Metrics& metrics, const std::string& name) {
  for (const auto& [known, value] : metrics) {
    if (known == name) return value;
  }
  return 0;
}

// A source that is somebody else's.
std::shared_ptr<const TensorSource> Borrowed(const TensorSource& source) {
  return {std::shared_ptr<const void>(), &source};
}

}  // namespace

void Trainer::Warn(const std::string& message) const {
  if (events_.on_warning) events_.on_warning(message);
}

Result<std::unique_ptr<Model>> Trainer::MakeSampler() {
  learner_->Merge();
  LocalModelOptions options;
  options.threads = config_.threads;
  options.batch = 128;
  options.cache_bytes = std::int64_t{1} << 30;
  return MakeLocalModel(LocalParts{parts_->config, Borrowed(learner_->weights()), parts_->tokenizer,
                                   parts_->chat_template, "policy"},
                        options);
}

Sampling Trainer::PolicySampling() const {
  Sampling sampling;
  sampling.max_tokens = static_cast<int>(config_.rollout.max_tokens);
  sampling.temperature = config_.rollout.temperature;
  sampling.stop = config_.rollout.stop;
  sampling.logprobs = true;
  return sampling;
}

Result<std::vector<RolloutGroup>> Trainer::Sampled(Metrics& metrics) {
  auto sampler = MakeSampler();
  if (!sampler) return Pass(sampler.error());
  const auto wanted = static_cast<std::size_t>(config_.rollout.prompts);
  const auto weights = RewardWeights(config_.reward);
  std::vector<RolloutGroup> kept;
  std::vector<RolloutGroup> flat;
  double drawn = 0;
  for (std::int64_t round = 0; kept.size() < wanted && round <= config_.rollout.refill_rounds;
       ++round) {
    RolloutPlan plan;
    plan.group = config_.rollout.group;
    plan.sampling = PolicySampling();
    for (std::size_t i = kept.size(); i < wanted; ++i) {
      const std::int64_t cursor = state_.cursor++;
      plan.problems.push_back(
          &data_.problems[ShuffledIndex(config_.seed, cursor, data_.problems.size())]);
      plan.keys.push_back(Key("train", config_.seed)
                              .With(static_cast<std::uint64_t>(state_.step))
                              .With(static_cast<std::uint64_t>(cursor)));
    }
    auto groups = RollOut(**sampler, plan, config_);
    if (!groups) return Pass(groups.error());
    drawn += static_cast<double>(groups->size());
    for (RolloutGroup& group : *groups) {
      const bool drop = config_.rollout.refill_rounds > 0 && WithoutSpread(group, weights);
      (drop ? flat : kept).push_back(std::move(group));
    }
  }
  metrics.emplace_back("rollout/groups_drawn", drawn);
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
}

Result<void> Trainer::PolicyStep(Metrics& metrics) {
  Stopwatch watch;
  auto groups = Sampled(metrics);
  if (!groups) return Pass(groups.error());
  metrics.emplace_back("timing_s/gen", watch.Lap());
  const GroupAdvantages advantages = StepAdvantages(*groups, config_);
  DescribeSamples(*groups, advantages, config_, metrics);
  const double unscored = Named(metrics, "unscored");
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
  const bool several = config_.loss.epochs * config_.loss.minibatches > 1;
  for (auto& slices : minis) {
    for (PolicyTokens& slice : slices) {
      const PackedBatch batch = Pack(slice.groups);
      if (several) slice.old_logps = learner_->Evaluate(batch, config_.rollout.temperature).logps;
      if (reference_) {
        slice.reference_logps = reference_->Evaluate(batch, config_.rollout.temperature).logps;
      }
      state_.tokens += batch.tokens();
    }
  }
  metrics.emplace_back("timing_s/old_log_prob", watch.Lap());
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

// Problems answered by the policy; the right answers, each different one once, become examples.
Result<void> Trainer::GatherVerified(std::vector<Example>& examples) {
  auto model =
      config_.stage == StageKind::kDistill ? MakeLocalModel(config_.run.teacher) : MakeSampler();
  if (!model) return Pass(model.error());
  auto encoder = PromptEncoder::Make(*parts_, config_.data.chat);
  if (!encoder) return Pass(encoder.error());
  RolloutPlan plan;
  plan.group = config_.run.samples;
  plan.sampling = PolicySampling();
  for (std::size_t i = 0; i < data_.problems.size(); ++i) {
    plan.problems.push_back(&data_.problems[i]);
    plan.keys.push_back(Key("gather", config_.seed).With(i));
  }
  auto groups = RollOut(**model, plan, config_);
  if (!groups) return Pass(groups.error());
  double right = 0;
  for (const RolloutGroup& group : *groups) {
    std::set<std::string> known;
    for (const RolloutSample& sample : group.samples) {
      if (sample.verdict.outcome != Outcome::kCorrect || sample.truncated) continue;
      ++right;
      if (!known.insert(sample.text).second) continue;
      auto response = encoder->EncodeResponse(sample.text);
      if (!response) return Pass(response.error());
      examples.push_back({group.problem->prompt, std::move(*response)});
    }
  }
  Warn(fmt::format("{} of {} responses are right; {} different ones are learnt", right,
                   data_.problems.size() * static_cast<std::size_t>(config_.run.samples),
                   examples.size()));
  if (examples.empty()) {
    return Fail(ErrorCode::kInput, "no response was right: there is nothing to learn from");
  }
  return {};
}

Result<double> Trainer::EvaluateHeldOut() {
  auto sampler = MakeSampler();
  if (!sampler) return Pass(sampler.error());
  RolloutPlan plan;
  plan.sampling = PolicySampling();
  plan.sampling.temperature = 0;
  for (std::size_t i = 0; i < data_.held_out.size(); ++i) {
    plan.problems.push_back(&data_.held_out[i]);
    plan.keys.push_back(Key("held out", config_.seed).With(i));
  }
  auto groups = RollOut(**sampler, plan, config_);
  if (!groups) return Pass(groups.error());
  double correct = 0;
  for (const RolloutGroup& group : *groups) {
    correct += group.samples[0].verdict.outcome == Outcome::kCorrect ? 1 : 0;
  }
  return Mean(correct, static_cast<double>(groups->size()));
}

Result<void> Trainer::Save() {
  auto saved = SaveCheckpoint(run_, files_, state_, *learner_, *optimizer_);
  if (!saved) return Pass(saved.error());
  saved_step_ = state_.step;
  PruneCheckpoints(run_, config_.run.keep_last);
  return {};
}

Result<void> Trainer::Step() {
  Stopwatch watch;
  Metrics metrics;
  const bool supervised = config_.stage == StageKind::kSft || !examples_.empty();
  if (auto done = supervised ? SupervisedStep(metrics) : PolicyStep(metrics); !done) return done;
  ++state_.step;
  const std::int64_t refresh = config_.loss.reference_refresh;
  if (reference_ && refresh > 0 && state_.step % refresh == 0) {
    LearnerOptions options;
    learner_->Merge();
    auto fresh = Learner::FromWeights(parts_->config, learner_->weights(), options, Key("none", 0));
    if (!fresh) return Pass(fresh.error());
    reference_ = std::move(*fresh);
  }
  metrics.emplace_back("num_tokens", static_cast<double>(state_.tokens));
  metrics.emplace_back("skipped_updates", static_cast<double>(state_.skipped));
  const bool last = state_.step == config_.run.steps;
  const std::int64_t every = config_.run.eval_every;
  if (!data_.held_out.empty() && (last || (every > 0 && state_.step % every == 0))) {
    auto correct = EvaluateHeldOut();
    if (!correct) return Pass(correct.error());
    metrics.emplace_back("eval/correct", *correct);
  }
  metrics.emplace_back("step_time", watch.Lap());
  if (auto written = metrics_->Write(state_.step, metrics); !written) return written;
  if (events_.on_step) events_.on_step(state_.step, config_.run.steps, metrics);
  const std::int64_t save = config_.run.save_every;
  if (save > 0 && state_.step % save == 0) return Save();
  return {};
}

Result<std::filesystem::path> Trainer::Run() {
  const bool gathers = config_.stage == StageKind::kReject || config_.stage == StageKind::kDistill;
  if (gathers) {
    if (auto gathered = GatherVerified(examples_); !gathered) return Pass(gathered.error());
    const auto total = static_cast<std::int64_t>(examples_.size()) * config_.run.epochs;
    config_.run.steps = (total + config_.run.batch - 1) / config_.run.batch;
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
