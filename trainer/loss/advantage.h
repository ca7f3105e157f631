// trainer/loss/advantage.h -- From rewards to advantages.
//
// A reward that is absent was not scored (the verifier failed): its sample has advantage 0 and no
// part in its group's mean or spread. Groups are runs of `group` neighbouring rewards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

using Reward = std::optional<double>;

enum class AdvantageScale { kGroup, kBatch, kNone };
enum class AdvantageKind {
  kMean,               // reward minus the group's mean (GRPO, Dr.GRPO)
  kLeaveOneOut,        // reward minus the mean of the others (RLOO)
  kReinforce,          // whitened over the tokens of the batch (REINFORCE++)
  kReinforceBaseline,  // minus the group's mean, then whitened over tokens
};
std::optional<AdvantageScale> ParseAdvantageScale(
    std::string_view name);  // "group", "batch", "none"
// "mean", "leave_one_out", "reinforce++", "reinforce++_baseline"
std::optional<AdvantageKind> ParseAdvantageKind(std::string_view name);

struct AdvantageConfig {
  AdvantageScale scale = AdvantageScale::kGroup;
  int ddof = 1;           // of the standard deviation: 1 divides by n - 1
  double std_eps = 1e-4;  // added to the standard deviation
  // With several reward components: standardise each within its group, sum, standardise over the
  // batch (GDPO), instead of summing first.
  bool normalize_then_sum = false;
};

struct GroupAdvantages {
  std::vector<Reward> rewards;     // the weighted sums
  std::vector<double> advantages;  // 0 where the reward is absent
  double zero_std_share = 0;       // of groups (of the batch for kBatch) without any spread
};

// `components[i][k]`: reward k of sample i. A sample is unscored when all its components are; a
// missing component of a scored sample counts 0. Needs a multiple of `group` samples.
GroupAdvantages AdvantagesOf(const std::vector<std::vector<Reward>>& components,
                             std::span<const double> weights, std::size_t group,
                             const AdvantageConfig& config);

// n/(n-1) (r - mean) within the group's n scored samples; a lone sample keeps its reward.
std::vector<double> LeaveOneOutAdvantages(std::span<const Reward> rewards, std::size_t group);

// Token-level forms. Spans have one entry a token, `offsets` delimits rows.
struct TokenRows {
  std::span<const std::size_t> offsets;
  std::span<const std::uint8_t> mask;
};
// (x - mean) / sqrt(var + 1e-8) over unmasked tokens, unbiased variance; masked tokens become 0.
std::vector<double> Whiten(const TokenRows& rows, std::span<const double> values);
// Sum of later rewards, discounted (REINFORCE++ before whitening).
std::vector<double> DiscountedReturns(const TokenRows& rows, std::span<const double> token_rewards,
                                      double gamma);

struct Gae {
  std::vector<double> advantages;  // not whitened; 0 where masked
  std::vector<double> returns;     // advantages + values; 0 where masked
};
// Generalised advantage estimation (Schulman et al. 2016); masked tokens are stepped over.
Gae GaeOf(const TokenRows& rows, std::span<const double> token_rewards,
          std::span<const double> values, double gamma, double lambda);

struct ValueLossResult {
  double loss = 0;
  double clip_share = 0;
  std::vector<double> gradient;  // d loss / d values
};
// 0.5 * sum over tokens of max((v - R)^2, (clip(v, v_old +- eps) - R)^2) / total_tokens.
ValueLossResult ValueLoss(const TokenRows& rows, std::span<const double> values,
                          std::span<const double> old_values, std::span<const double> returns,
                          double eps, double total_tokens);

}  // namespace assay
