#include "trainer/loss/advantage.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace assay {
namespace {

constexpr double kZeroDeviation = 1e-8;

struct Spread {
  double mean = 0;
  double deviation = 0;
  std::size_t count = 0;
  // A lone sample, and none, say nothing about spread.
  bool flat() const { return count > 1 && deviation <= kZeroDeviation; }
};

Spread SpreadOf(std::span<const Reward> rewards, int ddof) {
  Spread spread;
  for (const Reward& reward : rewards) {
    if (!reward) continue;
    spread.mean += *reward;
    ++spread.count;
  }
  if (spread.count == 0) return spread;
  spread.mean /= static_cast<double>(spread.count);
  double squares = 0;
  for (const Reward& reward : rewards) {
    if (reward) squares += (*reward - spread.mean) * (*reward - spread.mean);
  }
  const double divisor = static_cast<double>(spread.count) - ddof;
  spread.deviation = divisor > 0 ? std::sqrt(squares / divisor) : 0;
  return spread;
}

bool Scored(const std::vector<Reward>& components) {
  return std::any_of(components.begin(), components.end(),
                     [](const Reward& reward) { return reward.has_value(); });
}

Reward WeightedSum(const std::vector<Reward>& components, std::span<const double> weights) {
  if (!Scored(components)) return std::nullopt;
  double sum = 0;
  for (std::size_t k = 0; k < components.size(); ++k) {
    if (components[k]) sum += weights[k] * *components[k];
  }
  return sum;
}

// Each component standardised within its group, then summed.
std::vector<Reward> NormalizedSums(const std::vector<std::vector<Reward>>& components,
                                   std::span<const double> weights, std::size_t group,
                                   const AdvantageConfig& config) {
  std::vector<std::vector<Reward>> scaled = components;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (std::size_t first = 0; first < components.size(); first += group) {
      std::vector<Reward> column;
      for (std::size_t i = first; i < first + group; ++i) column.push_back(components[i][k]);
      const Spread spread = SpreadOf(column, config.ddof);
      for (std::size_t i = first; i < first + group; ++i) {
        if (!scaled[i][k]) continue;
        scaled[i][k] = (*scaled[i][k] - spread.mean) / (spread.deviation + config.std_eps);
      }
    }
  }
  std::vector<Reward> sums;
  for (const auto& row : scaled) sums.push_back(WeightedSum(row, weights));
  return sums;
}

}  // namespace

std::optional<AdvantageScale> ParseAdvantageScale(std::string_view name) {
  if (name == "group") return AdvantageScale::kGroup;
  if (name == "batch") return AdvantageScale::kBatch;
  if (name == "none") return AdvantageScale::kNone;
  return std::nullopt;
}

std::optional<AdvantageKind> ParseAdvantageKind(std::string_view name) {
  if (name == "mean") return AdvantageKind::kMean;
  if (name == "leave_one_out") return AdvantageKind::kLeaveOneOut;
  if (name == "reinforce++") return AdvantageKind::kReinforce;
  if (name == "reinforce++_baseline") return AdvantageKind::kReinforceBaseline;
  return std::nullopt;
}

GroupAdvantages AdvantagesOf(const std::vector<std::vector<Reward>>& components,
                             std::span<const double> weights, std::size_t group,
                             const AdvantageConfig& config) {
  ASSAY_CHECK(group > 0 && components.size() % group == 0, "samples do not fill their groups");
  const std::size_t samples = components.size();
  GroupAdvantages result;
  result.advantages.assign(samples, 0);
  if (config.normalize_then_sum) {
    result.rewards = NormalizedSums(components, weights, group, config);
    const Spread spread = SpreadOf(result.rewards, config.ddof);
    for (std::size_t i = 0; i < samples; ++i) {
      if (!result.rewards[i]) continue;
      result.advantages[i] =
          (*result.rewards[i] - spread.mean) / (spread.deviation + config.std_eps);
    }
    result.zero_std_share = spread.flat() ? 1 : 0;
    return result;
  }
  for (const auto& row : components) result.rewards.push_back(WeightedSum(row, weights));
  const Spread batch = SpreadOf(result.rewards, config.ddof);
  double zero_groups = 0;
  for (std::size_t first = 0; first < samples; first += group) {
    const Spread own = SpreadOf(std::span(result.rewards).subspan(first, group), config.ddof);
    const Spread& scale = config.scale == AdvantageScale::kBatch ? batch : own;
    zero_groups += scale.flat() ? 1 : 0;
    for (std::size_t i = first; i < first + group; ++i) {
      if (!result.rewards[i]) continue;
      result.advantages[i] = *result.rewards[i] - own.mean;
      if (config.scale != AdvantageScale::kNone) {
        result.advantages[i] /= scale.deviation + config.std_eps;
      }
    }
  }
  if (samples > 0) result.zero_std_share = zero_groups / static_cast<double>(samples / group);
  return result;
}

std::vector<double> LeaveOneOutAdvantages(std::span<const Reward> rewards, std::size_t group) {
  ASSAY_CHECK(group > 0 && rewards.size() % group == 0, "samples do not fill their groups");
  std::vector<double> advantages(rewards.size(), 0);
  for (std::size_t first = 0; first < rewards.size(); first += group) {
    const Spread spread = SpreadOf(rewards.subspan(first, group), 1);
    const auto n = static_cast<double>(spread.count);
    for (std::size_t i = first; i < first + group; ++i) {
      if (!rewards[i]) continue;
      advantages[i] = n > 1 ? n / (n - 1) * (*rewards[i] - spread.mean) : *rewards[i];
    }
  }
  return advantages;
}

std::vector<double> Whiten(const TokenRows& rows, std::span<const double> values) {
  double sum = 0;
  double count = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (rows.mask[t] == 0) continue;
    sum += values[t];
    ++count;
  }
  std::vector<double> whitened(values.size(), 0);
  if (count < 2) return whitened;
  const double mean = sum / count;
  double squares = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (rows.mask[t] != 0) squares += (values[t] - mean) * (values[t] - mean);
  }
  const double scale = 1 / std::sqrt(squares / (count - 1) + 1e-8);
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (rows.mask[t] != 0) whitened[t] = (values[t] - mean) * scale;
  }
  return whitened;
}

std::vector<double> DiscountedReturns(const TokenRows& rows, std::span<const double> token_rewards,
                                      double gamma) {
  std::vector<double> returns(token_rewards.size(), 0);
  for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
    double later = 0;
    for (std::size_t t = rows.offsets[row + 1]; t-- > rows.offsets[row];) {
      if (rows.mask[t] == 0) continue;
      later = token_rewards[t] + gamma * later;
      returns[t] = later;
    }
  }
  return returns;
}

Gae GaeOf(const TokenRows& rows, std::span<const double> token_rewards,
          std::span<const double> values, double gamma, double lambda) {
  Gae gae;
  gae.advantages.assign(values.size(), 0);
  gae.returns.assign(values.size(), 0);
  for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
    double next_value = 0;
    double advantage = 0;
    for (std::size_t t = rows.offsets[row + 1]; t-- > rows.offsets[row];) {
      if (rows.mask[t] == 0) continue;
      const double surprise = token_rewards[t] + gamma * next_value - values[t];
      advantage = surprise + gamma * lambda * advantage;
      next_value = values[t];
      gae.advantages[t] = advantage;
      gae.returns[t] = advantage + values[t];
    }
  }
  return gae;
}

ValueLossResult ValueLoss(const TokenRows& rows, std::span<const double> values,
                          std::span<const double> old_values, std::span<const double> returns,
                          double eps, double total_tokens) {
  ValueLossResult result;
  result.gradient.assign(values.size(), 0);
  const double weight = 1 / std::max(total_tokens, 1.0);
  double tokens = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (rows.mask[t] == 0) continue;
    ++tokens;
    const double clipped = std::clamp(values[t], old_values[t] - eps, old_values[t] + eps);
    const double free_error = values[t] - returns[t];
    const double clipped_error = clipped - returns[t];
    const bool clip = clipped_error * clipped_error > free_error * free_error;
    const double error = clip ? clipped_error : free_error;
    result.loss += 0.5 * weight * error * error;
    result.clip_share += clip ? 1 : 0;
    // A clipped value that is the larger loss lies outside its band, where it does not move.
    result.gradient[t] = clip ? 0 : weight * error;
  }
  result.clip_share /= std::max(tokens, 1.0);
  return result;
}

}  // namespace assay
