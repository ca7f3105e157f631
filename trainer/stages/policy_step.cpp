#include "trainer/stages/policy_step.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

void Append(PolicyTokens& slice, const RolloutGroup& group, const double* advantages,
            const TrainConfig& config) {
  PromptGroup packed{group.problem->prompt, {}};
  for (std::size_t s = 0; s < group.samples.size(); ++s) {
    const RolloutSample& sample = group.samples[s];
    const bool out = (config.rollout.mask_truncated && sample.truncated) ||
                     sample.verdict.outcome == Outcome::kError;
    const std::size_t n = sample.ids.size();
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
    const double difference = std::abs(outputs.logps[t] - slice.sampler_logps[t]);
    pass.sampler_difference += difference;
    pass.sampler_difference_max = std::max(pass.sampler_difference_max, difference);
    const double apart = std::abs(std::exp(outputs.logps[t]) - std::exp(slice.sampler_logps[t]));
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
                                      const std::vector<double>& advantages,
                                      const TrainConfig& config) {
  std::vector<PolicyTokens> slices;
  std::int64_t used = 0;
  std::size_t sample = 0;
  for (const RolloutGroup& group : groups) {
    const std::int64_t tokens = TokensOf(group);
    if (slices.empty() || used + tokens > config.optimizer.tokens_per_batch) {
      slices.emplace_back();
      used = 0;
    }
    Append(slices.back(), group, advantages.data() + sample, config);
    sample += group.samples.size();
    used += tokens;
  }
  return slices;
}

PolicyPass AccumulatePolicy(Learner& learner, std::vector<PolicyTokens>& slices,
                            const TrainConfig& config) {
  StepTotals totals;
  for (const PolicyTokens& slice : slices) {
    totals.rows += slice.rows;
    totals.tokens += slice.tokens;
  }
  PolicyPass pass;
  for (PolicyTokens& slice : slices) {
    const PackedBatch batch = Pack(slice.groups);
    learner.Accumulate(batch, config.rollout.temperature, [&](const TokenOutputs& outputs) {
      PolicyLossConfig policy = config.loss.policy;
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
      if (config.loss.entropy_quantile > 0) {
        policy.entropy_threshold =
            EntropyThreshold<double>(tokens.entropies, tokens.mask, config.loss.entropy_quantile);
      }
      const auto result = PolicyLoss(policy, tokens, totals);
      Add(pass, slice, outputs, result);
      return TokenGradients{result.grad_logps, result.grad_entropies, {}};
    });
  }
  const double tokens = std::max(pass.tokens, 1.0);
  for (double* mean :
       {&pass.kl, &pass.entropy, &pass.clip_low, &pass.clip_high, &pass.approximate_kl,
        &pass.sampler_difference, &pass.probability_difference}) {
    *mean /= tokens;
  }
  return pass;
}

}  // namespace assay
