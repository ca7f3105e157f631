#include "trainer/stages/policy_step.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// Truncated samples where they are masked, and those without a reward.
bool LeftOut(const RolloutSample& sample, const TrainConfig& config) {
  const bool scored = std::any_of(sample.components.begin(), sample.components.end(),
                                  [](const Reward& reward) { return reward.has_value(); });
  return (config.rollout.mask_truncated && sample.truncated) || !scored;
}

void Append(PolicyTokens& slice, const RolloutGroup& group, const double* advantages,
            const Reward* rewards, const TrainConfig& config) {
  PromptGroup packed{group.problem->prompt, {}};
  for (std::size_t s = 0; s < group.samples.size(); ++s) {
    const RolloutSample& sample = group.samples[s];
    const bool out = LeftOut(sample, config);
    const std::size_t n = sample.ids.size();
    slice.rewards.push_back(rewards[s]);
    slice.lengths.push_back(n);
    packed.responses.push_back(sample.ids);
    slice.mask.insert(slice.mask.end(), n, out ? 0 : 1);
    slice.advantages.insert(slice.advantages.end(), n, advantages[s]);
    slice.sampler_logps.insert(slice.sampler_logps.end(), sample.logps.begin(), sample.logps.end());
    ++slice.rows;
    slice.tokens += out ? 0 : static_cast<double>(n);
  }
  slice.groups.push_back(std::move(packed));
}

std::int64_t TokensOf(const RolloutGroup& group) {
  std::size_t tokens = group.problem->prompt.size();
  for (const RolloutSample& sample : group.samples) tokens += sample.ids.size();
  return static_cast<std::int64_t>(tokens);
}

void Add(PolicyPass& pass, const PolicyTokens& slice, const TokenOutputs& outputs,
         const PolicyLossResult<double>& result) {
  const double weight = slice.tokens;
  pass.loss += result.loss;
  pass.kl += weight * result.metrics.kl;
  pass.entropy += weight * result.metrics.entropy;
  pass.clip_low += weight * result.metrics.clip_low;
  pass.clip_high += weight * result.metrics.clip_high;
  pass.approximate_kl += weight * result.metrics.approximate_kl;
  pass.ratio_deviation = std::max(pass.ratio_deviation, result.metrics.max_ratio_deviation);
  for (std::size_t t = 0; t < slice.mask.size() && !slice.sampler_logps.empty(); ++t) {
    if (slice.mask[t] == 0) continue;
    // Of the learner that the samples came from: later updates of a step have moved on.
    const double own = slice.old_logps.empty() ? outputs.logps[t] : slice.old_logps[t];
    const double difference = std::abs(own - slice.sampler_logps[t]);
    pass.sampler_difference += difference;
    pass.sampler_difference_max = std::max(pass.sampler_difference_max, difference);
    const double apart = std::abs(std::exp(own) - std::exp(slice.sampler_logps[t]));
    pass.probability_difference += apart;
    pass.probability_difference_max = std::max(pass.probability_difference_max, apart);
  }
  pass.tokens += weight;
}

}  // namespace

GroupAdvantages StepAdvantages(const std::vector<RolloutGroup>& groups, const TrainConfig& config) {
  std::vector<std::vector<Reward>> components;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) components.push_back(sample.components);
  }
  const auto weights = RewardWeights(config.reward);
  const auto size = static_cast<std::size_t>(config.rollout.group);
  AdvantageConfig scale = config.loss.scale;
  const bool centred = config.loss.advantage == AdvantageKind::kReinforceBaseline;
  if (centred) scale.scale = AdvantageScale::kNone;
  GroupAdvantages result = AdvantagesOf(components, weights, size, scale);
  if (config.loss.advantage == AdvantageKind::kMean) return result;
  if (config.loss.advantage == AdvantageKind::kLeaveOneOut) {
    result.advantages = LeaveOneOutAdvantages(result.rewards, size);
    return result;
  }
  // REINFORCE++: whitened over the tokens of the step; every token of a response has its reward.
  std::vector<std::size_t> offsets = {0};
  std::vector<std::uint8_t> mask;
  std::vector<double> values;
  std::size_t i = 0;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) {
      const double value = centred ? result.advantages[i] : result.rewards[i].value_or(0);
      mask.insert(mask.end(), sample.ids.size(), result.rewards[i] ? 1 : 0);
      values.insert(values.end(), sample.ids.size(), value);
      offsets.push_back(values.size());
      ++i;
    }
  }
  const auto whitened = Whiten({offsets, mask}, values);
  for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
    result.advantages[row] = offsets[row] < offsets[row + 1] ? whitened[offsets[row]] : 0;
  }
  return result;
}

std::vector<PolicyTokens> SliceGroups(const std::vector<RolloutGroup>& groups,
                                      const std::vector<std::size_t>& chosen,
                                      const GroupAdvantages& of_step, const TrainConfig& config) {
  std::vector<PolicyTokens> slices;
  std::int64_t used = 0;
  const auto per_group = static_cast<std::size_t>(config.rollout.group);
  for (const std::size_t g : chosen) {
    const std::int64_t tokens = TokensOf(groups[g]);
    if (slices.empty() || used + tokens > config.optimizer.tokens_per_batch) {
      slices.emplace_back();
      used = 0;
    }
    Append(slices.back(), groups[g], of_step.advantages.data() + g * per_group,
           of_step.rewards.data() + g * per_group, config);
    used += tokens;
  }
  return slices;
}

std::vector<std::size_t> ShareOf(const std::vector<RolloutGroup>& groups, std::size_t first,
                                 std::size_t count, int rank, int size) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = first + i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return TokensOf(groups[a]) > TokensOf(groups[b]);
  });
  std::vector<std::int64_t> loads(static_cast<std::size_t>(size), 0);
  std::vector<std::size_t> own;
  for (const std::size_t g : order) {
    const auto least = std::min_element(loads.begin(), loads.end());
    *least += TokensOf(groups[g]);
    if (least - loads.begin() == rank) own.push_back(g);
  }
  std::sort(own.begin(), own.end());
  return own;
}

StepTotals TotalsOf(const std::vector<RolloutGroup>& groups, std::size_t first, std::size_t count,
                    const TrainConfig& config) {
  StepTotals totals;
  for (std::size_t g = first; g < first + count; ++g) {
    for (const RolloutSample& sample : groups[g].samples) {
      ++totals.rows;
      totals.tokens += LeftOut(sample, config) ? 0 : static_cast<double>(sample.ids.size());
    }
  }
  return totals;
}

std::vector<double*> PolicyPass::Sums() {
  return {&loss,
          &kl,
          &entropy,
          &clip_low,
          &clip_high,
          &approximate_kl,
          &sampler_difference,
          &probability_difference,
          &value_loss,
          &value_clip,
          &value_mean,
          &tokens};
}

std::vector<double*> PolicyPass::Maxima() {
  return {&sampler_difference_max, &probability_difference_max, &ratio_deviation};
}

void PolicyPass::Finish() {
  const double divisor = std::max(tokens, 1.0);
  for (double* sum : Sums()) {
    if (sum != &loss && sum != &value_loss && sum != &tokens) *sum /= divisor;
  }
}

namespace {

// The value head's part: its loss, and the gradient by value of loss.value_weight times it.
std::vector<double> ValueGradient(const PolicyTokens& slice, const PackedBatch& batch,
                                  const TokenOutputs& outputs, double total_tokens,
                                  const TrainConfig& config, PolicyPass& pass) {
  ValueLossResult result = ValueLoss({batch.offsets, slice.mask}, outputs.values, slice.old_values,
                                     slice.returns, config.loss.value_eps, total_tokens);
  pass.value_loss += result.loss;
  pass.value_clip += slice.tokens * result.clip_share;
  for (std::size_t t = 0; t < slice.mask.size(); ++t) {
    pass.value_mean += slice.mask[t] != 0 ? outputs.values[t] : 0;
  }
  for (double& slope : result.gradient) slope *= config.loss.value_weight;
  return result.gradient;
}

}  // namespace

PolicyPass AccumulatePolicy(Learner& learner, std::vector<PolicyTokens>& slices,
                            const PassScope& scope, const TrainConfig& config) {
  PolicyPass pass;
  PolicyLossConfig policy = config.loss.policy;
  policy.entropy_threshold = scope.entropy_threshold;
  for (PolicyTokens& slice : slices) {
    const PackedBatch batch = Pack(slice.groups);
    StepTotals totals = scope.totals;
    // bnpo: the mean over micro-batches of their token means.
    if (config.loss.name == "bnpo") totals.tokens = slice.tokens * scope.slices;
    learner.Accumulate(batch, config.rollout.temperature, [&](const TokenOutputs& outputs) {
      PolicyBatch<double> tokens;
      tokens.offsets = batch.offsets;
      tokens.mask = slice.mask;
      tokens.logps = outputs.logps;
      tokens.old_logps = slice.old_logps.empty() ? outputs.logps : slice.old_logps;
      tokens.advantages = slice.advantages;
      tokens.reference_logps = slice.reference_logps;
      tokens.sampler_logps = slice.sampler_logps;
      tokens.entropies = outputs.entropies;
      std::vector<double> weights;
      if (config.loss.correction) {
        weights = SamplerWeights<double>(*config.loss.correction, tokens.offsets, tokens.mask,
                                         tokens.old_logps, tokens.sampler_logps);
        tokens.sampler_correction = weights;
      }
      const auto result = PolicyLoss(policy, tokens, totals);
      Add(pass, slice, outputs, result);
      TokenGradients gradients{result.grad_logps, result.grad_entropies, {}, {}};
      if (!slice.returns.empty()) {
        gradients.values = ValueGradient(slice, batch, outputs, scope.totals.tokens, config, pass);
      }
      return gradients;
    });
  }
  return pass;
}

}  // namespace assay
