#include "trainer/stages/policy_update.h"

#include <cmath>
#include <cstring>

#include "trainer/distributed/shards.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/ppo.h"
#include "trainer/stages/stopwatch.h"

namespace assay {
namespace {

struct Minibatch {
  std::vector<PolicyTokens> slices;  // this process' share
  PassScope scope;
};

struct Times {
  double old = 0, reference = 0;
};

// What the policy, its value head and the reference say of the samples before the update.
void LookBack(Updater& updater, Minibatch& mini, Times& times) {
  const TrainConfig& config = updater.config;
  const bool ppo = config.stage == StageKind::kPpo;
  const bool several = config.loss.epochs * config.loss.minibatches > 1;
  const bool own = several || ppo || config.loss.entropy_quantile > 0;
  Stopwatch watch;
  for (PolicyTokens& slice : mini.slices) {
    const PackedBatch batch = Pack(slice.groups);
    if (own) {
      TokenOutputs outputs = updater.learner.Evaluate(batch, config.rollout.temperature);
      if (several || config.loss.reward_kl != 0) slice.old_logps = std::move(outputs.logps);
      if (ppo) slice.old_values = std::move(outputs.values);
      if (config.loss.entropy_quantile > 0) slice.entropies = std::move(outputs.entropies);
    }
    times.old += watch.Lap();
    if (updater.reference != nullptr) {
      slice.reference_logps = updater.reference->Evaluate(batch, config.rollout.temperature).logps;
    }
    times.reference += watch.Lap();
  }
}

// The entropy that the policy term's tokens must reach, from all tokens of the minibatch.
Result<void> FindThreshold(Updater& updater, Minibatch& mini) {
  std::string own;
  for (const PolicyTokens& slice : mini.slices) {
    for (std::size_t t = 0; t < slice.mask.size(); ++t) {
      if (slice.mask[t] == 0) continue;
      own.append(reinterpret_cast<const char*>(&slice.entropies[t]), sizeof(double));
    }
  }
  auto parts = updater.group.GatherStrings("the entropies", own);
  if (!parts) return Pass(parts.error());
  std::string bytes;
  for (const std::string& part : *parts) bytes += part;
  std::vector<double> entropies(bytes.size() / sizeof(double));
  std::memcpy(entropies.data(), bytes.data(), bytes.size());
  const std::vector<std::uint8_t> mask(entropies.size(), 1);
  const double threshold =
      EntropyThreshold<double>(entropies, mask, updater.config.loss.entropy_quantile);
  mini.scope.entropy_threshold = threshold;
  double kept = 0;
  for (const double entropy : entropies) kept += entropy >= threshold ? 1 : 0;
  mini.scope.totals.entropy_tokens = kept;
  return {};
}

Result<std::vector<Minibatch>> Prepare(Updater& updater, const std::vector<RolloutGroup>& groups,
                                       const GroupAdvantages& advantages, Times& times) {
  const TrainConfig& config = updater.config;
  const auto count = static_cast<std::size_t>(config.loss.minibatches);
  const std::size_t size = groups.size() / count;
  std::vector<Minibatch> minis(count);
  for (std::size_t m = 0; m < count; ++m) {
    Minibatch& mini = minis[m];
    const auto share = ShareOf(groups, m * size, size, updater.group.rank(), updater.group.size());
    mini.slices = SliceGroups(groups, share, advantages, config);
    mini.scope.totals = TotalsOf(groups, m * size, size, config);
    mini.scope.slices = static_cast<double>(mini.slices.size());
    if (auto done = updater.group.Sum("the micro-batches", std::span(&mini.scope.slices, 1));
        !done) {
      return Pass(done.error());
    }
    LookBack(updater, mini, times);
    if (config.loss.entropy_quantile > 0) {
      if (auto done = FindThreshold(updater, mini); !done) return Pass(done.error());
    }
  }
  if (config.stage != StageKind::kPpo) return minis;
  // Advantages are whitened over the whole step.
  std::vector<PolicyTokens> all;
  for (Minibatch& mini : minis) {
    for (PolicyTokens& slice : mini.slices) all.push_back(std::move(slice));
  }
  if (auto done = EstimateAdvantages(all, config, updater.group); !done) return Pass(done.error());
  std::size_t next = 0;
  for (Minibatch& mini : minis) {
    for (PolicyTokens& slice : mini.slices) slice = std::move(all[next++]);
  }
  return minis;
}

Result<void> Combine(ProcessGroup& group, PolicyPass& pass) {
  for (const bool maxima : {false, true}) {
    const std::vector<double*> places = maxima ? pass.Maxima() : pass.Sums();
    std::vector<double> values;
    values.reserve(places.size());
    for (const double* place : places) values.push_back(*place);
    auto done = maxima ? group.Max("the metrics", values) : group.Sum("the metrics", values);
    if (!done) return done;
    for (std::size_t i = 0; i < places.size(); ++i) *places[i] = values[i];
  }
  pass.Finish();
  return {};
}

}  // namespace

Result<void> Updater::ApplyGradients(Metrics& metrics) {
  const auto& parameters = learner.parameters();
  learner.CollectGradients();
  if (auto done = SumGradients(group, parameters); !done) return done;
  const auto norm = SharedGradientNorm(group, parameters);
  if (!norm) return Pass(norm.error());
  metrics.emplace_back("grad_norm", *norm);
  if (!std::isfinite(*norm)) {
    ++state.skipped;
    warn(fmt::format(
        "step {}: gradients are not finite: the update is skipped, weights are unchanged",
        state.step + 1));
    return {};
  }
  const double most = config.optimizer.max_grad_norm;
  if (most > 0 && *norm > most) ScaleGradients(parameters, most / (*norm + 1e-6));
  const double rate = LearningRateAt(config.optimizer, state.step, config.run.steps);
  metrics.emplace_back("learning_rate", rate);
  optimizer.Step(rate);
  if (auto shared = ShareParameters(group, parameters); !shared) return shared;
  learner.Changed();
  return {};
}

Result<void> Updater::UpdatePolicy(const std::vector<RolloutGroup>& groups,
                                   const GroupAdvantages& advantages, Metrics& metrics) {
  Times times;
  auto minis = Prepare(*this, groups, advantages, times);
  if (!minis) return Pass(minis.error());
  metrics.emplace_back("timing_s/old_log_prob", times.old);
  metrics.emplace_back("timing_s/ref", times.reference);
  Stopwatch watch;
  for (int epoch = 0; epoch < config.loss.epochs; ++epoch) {
    for (Minibatch& mini : *minis) {
      learner.ZeroGradients();
      PolicyPass pass = AccumulatePolicy(learner, mini.slices, mini.scope, config);
      if (auto done = Combine(group, pass); !done) return done;
      Metrics own;
      DescribePass(pass, own);
      if (config.stage == StageKind::kPpo) DescribeValues(pass, own);
      if (auto done = ApplyGradients(own); !done) return done;
      const bool last = epoch + 1 == config.loss.epochs && &mini == &minis->back();
      if (last) metrics.insert(metrics.end(), own.begin(), own.end());
    }
  }
  for (const RolloutGroup& each : groups) {
    state.tokens += static_cast<std::int64_t>(each.problem->prompt.size());
    for (const RolloutSample& sample : each.samples) {
      state.tokens += static_cast<std::int64_t>(sample.ids.size());
    }
  }
  metrics.emplace_back("timing_s/update_actor", watch.Lap());
  return {};
}

}  // namespace assay
