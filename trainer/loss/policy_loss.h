// trainer/loss/policy_loss.h -- The policy-gradient losses of GRPO and its relatives as options of
// one function, with its gradient written out.
//
// Theory of operation. A batch is rows (responses) of tokens, row i being [offsets[i],
// offsets[i+1]). With l the log-probability of a token now, l_old when it was sampled and A its
// advantage, the ratio w = exp(l - l_old), or for a whole row the exponential of the mean
// (GSPO). A token's loss is
//
//   c = policy term(w, A, l) * keep * correction + beta * kl(l, l_ref) [* w]
//
// and the batch's is sum over tokens of mask * weight * c, where the weight is what sets grpo, dapo
// and dr_grpo apart (Aggregation). Weights come from the totals of the whole optimizer step, over
// all micro-batches and ranks, so splitting a step changes nothing but rounding. Everything is
// computed in double, whatever the inputs are; a masked token has exactly no effect.
//
// Sources: GRPO arXiv 2402.03300, Dr.GRPO 2503.20783, DAPO 2503.14476, GSPO 2507.18071, CISPO
// 2506.13585, SAPO 2511.20347, VESPO 2602.10693, dual clip 1912.09729, two-sided clip (delta)
// 2505.07291, sequence masking and ratio-weighted KL: DeepSeek-V3.2, 2512.02556.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "trainer/loss/kl.h"

namespace assay {

enum class PolicyTerm {
  kClip,   // -min(w A, clip(w, 1 - eps_low, 1 + eps_high) A)
  kCispo,  // -stop_gradient(min(w, eps_high)) A l
  kSapo,   // -4/T sigmoid(T (w - 1)) A
  kVespo,  // -stop_gradient(gamma weight of the row's ratio) A l
  kPlain,  // -A l: no ratio at all (GPG)
};
enum class RatioLevel {
  kToken,
  kSequence,       // one ratio a row
  kSequenceToken,  // the row's ratio in value, its own token's in gradient (GSPO-token)
};
enum class Aggregation {
  kSequenceMean,  // mean over rows of the mean over tokens
  kTokenMean,     // mean over all tokens of the step
  kConstant,      // sum over tokens / (rows * max_length)
  kSequenceSum,   // mean over rows of the sum over tokens
};

struct PolicyLossConfig {
  PolicyTerm term = PolicyTerm::kClip;
  RatioLevel level = RatioLevel::kToken;
  Aggregation aggregation = Aggregation::kTokenMean;
  double eps_low = 0.2;
  double eps_high = 0.28;           // for kCispo the cap itself
  std::optional<double> delta;      // > 1 + eps_high: caps w in the unclipped branch too
  std::optional<double> dual_clip;  // > 1: for A < 0 the term is at most -dual_clip A
  double beta = 0;                  // weight of the KL term; 0: no reference is needed
  KlEstimator kl = KlEstimator::kK3;
  bool kl_times_ratio = false;  // importance-weighted KL
  double entropy_bonus = 0;  // subtracts this times the mean entropy of tokens with a policy term
  // Tokens whose entropy lies below this quantile of `entropy_threshold` have no policy term.
  std::optional<double> entropy_threshold;
  // Rows with A < 0 whose mean (sampler logp - logp) is above this have no policy term.
  std::optional<double> off_policy_threshold;
  double sapo_temperature_positive = 1.0;
  double sapo_temperature_negative = 1.05;
  double vespo_k_positive = 2, vespo_lambda_positive = 3;
  double vespo_k_negative = 3, vespo_lambda_negative = 2;
  std::int64_t max_length = 0;  // kConstant: the longest response that is allowed
};

// "grpo", "dr_grpo", "dapo", "bnpo", "gspo", "cispo", "sapo", "luspo", "vespo", "rloo",
// "reinforce++", "gspo_token", "gpg", "ppo": the usual options under that name. dapo and bnpo
// differ only in what the caller counts as the step's tokens; rloo and reinforce++ in the
// advantages.
std::optional<PolicyLossConfig> PolicyLossPreset(std::string_view name);
std::vector<std::string_view> PolicyLossPresets();

// What the whole optimizer step holds, over all micro-batches and ranks.
struct StepTotals {
  double rows = 0;
  double tokens = 0;  // with mask 1
  // Those of them that PolicyLossConfig::entropy_threshold keeps; absent: all. The entropy bonus is
  // their mean.
  std::optional<double> entropy_tokens = std::nullopt;
};

// Spans have one entry a token, except `offsets` (rows + 1). Absent ones are empty.
template <class Real>
struct PolicyBatch {
  std::span<const std::size_t> offsets;
  std::span<const std::uint8_t> mask;
  std::span<const Real> logps;
  std::span<const Real> old_logps;
  std::span<const Real> advantages;  // constant within a row for the sequence levels and kVespo
  std::span<const Real> reference_logps;     // needed when beta != 0
  std::span<const Real> sampler_logps;       // default: old_logps; NaN: the sampler did not tell
  std::span<const Real> sampler_correction;  // default: 1 everywhere
  std::span<const Real> entropies;           // needed by the entropy options
};

// Shares are in [0, 1] over tokens, or over rows for the sequence levels.
struct PolicyLossMetrics {
  double entropy = 0;         // mean over tokens
  double kl = 0;              // mean over tokens, as it enters the loss
  double approximate_kl = 0;  // mean of l_old - l
  double clip_low = 0;        // w < 1 - eps_low and A < 0
  double clip_high = 0;       // w > 1 + eps_high and A > 0
  double clip_low_min = 0;    // least and greatest of the rows' shares
  double clip_high_max = 0;
  double clip_active = 0;          // share of tokens where the clipped branch is the larger loss
  double dual_clip_active = 0;     // share of tokens that dual_clip holds back
  double cispo_clip = 0;           // w > eps_high and A > 0
  double max_ratio_deviation = 0;  // max |w - 1|
  double vespo_weight = 0;         // mean over rows
};

template <class Real>
struct PolicyLossResult {
  double loss = 0;
  std::vector<Real> grad_logps;      // d loss / d logps
  std::vector<Real> grad_entropies;  // d loss / d entropies; empty when entropy_bonus is 0
  PolicyLossMetrics metrics;         // of this batch alone
};

// Needs spans that fit each other and the options (a bug of the caller otherwise). A batch without
// tokens gives 0.
template <class Real>
PolicyLossResult<Real> PolicyLoss(const PolicyLossConfig& config, const PolicyBatch<Real>& batch,
                                  const StepTotals& totals);

extern template PolicyLossResult<float> PolicyLoss(const PolicyLossConfig&,
                                                   const PolicyBatch<float>&, const StepTotals&);
extern template PolicyLossResult<double> PolicyLoss(const PolicyLossConfig&,
                                                    const PolicyBatch<double>&, const StepTotals&);

// The `quantile` (0 to 1, linear between neighbours) of the entropies of unmasked tokens: the
// threshold for PolicyLossConfig::entropy_threshold. 0 when there are none.
template <class Real>
double EntropyThreshold(std::span<const Real> entropies, std::span<const std::uint8_t> mask,
                        double quantile);

}  // namespace assay
