#include "trainer/loss/policy_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace assay {
namespace {

// A policy term of one token or row, with its derivatives by log w and, directly, by l.
struct Term {
  double value = 0;
  double by_log_ratio = 0;
  double by_logp = 0;
  bool clip_active = false;
  bool dual_active = false;
};

Term ClipTerm(const PolicyLossConfig& config, double ratio, double advantage) {
  const double low = 1 - config.eps_low;
  const double high = 1 + config.eps_high;
  const bool capped = config.delta && ratio > *config.delta;
  const double free_ratio = capped ? *config.delta : ratio;
  const double free_slope = capped ? 0 : ratio;
  const double clipped_ratio = std::clamp(ratio, low, high);
  const double clipped_slope = ratio >= low && ratio <= high ? ratio : 0;

  const double free = -free_ratio * advantage;
  const double clipped = -clipped_ratio * advantage;
  Term term;
  term.clip_active = clipped > free;
  if (free > clipped) {
    term.value = free;
    term.by_log_ratio = -free_slope * advantage;
  } else if (clipped > free) {
    term.value = clipped;
    term.by_log_ratio = -clipped_slope * advantage;
  } else {
    term.value = free;
    term.by_log_ratio = -(free_slope + clipped_slope) / 2 * advantage;
  }
  if (config.dual_clip && advantage < 0 && term.value > -advantage * *config.dual_clip) {
    term.value = -advantage * *config.dual_clip;
    term.by_log_ratio = 0;
    term.dual_active = true;
  }
  return term;
}

Term SapoTerm(const PolicyLossConfig& config, double ratio, double advantage) {
  const double temperature =
      advantage > 0 ? config.sapo_temperature_positive : config.sapo_temperature_negative;
  const double gate = 1 / (1 + std::exp(-temperature * (ratio - 1)));
  Term term;
  term.value = -gate * 4 / temperature * advantage;
  term.by_log_ratio = -4 * gate * (1 - gate) * ratio * advantage;
  return term;
}

// -coefficient A l with a coefficient that carries no gradient.
Term DetachedTerm(double coefficient, double advantage, double logp) {
  Term term;
  term.value = -coefficient * advantage * logp;
  term.by_logp = -coefficient * advantage;
  return term;
}

template <class Real>
double At(std::span<const Real> values, std::size_t index, double otherwise) {
  return values.empty() ? otherwise : static_cast<double>(values[index]);
}

// The loss of one row at a time; sums that the metrics need are collected on the way.
template <class Real>
class Rows {
 public:
  Rows(const PolicyLossConfig& config, const PolicyBatch<Real>& batch, const StepTotals& totals)
      : config_(config), batch_(batch), totals_(totals) {
    result_.grad_logps.assign(batch.logps.size(), Real{0});
    if (config.entropy_bonus != 0) result_.grad_entropies.assign(batch.logps.size(), Real{0});
  }

  PolicyLossResult<Real> Run() {
    for (std::size_t row = 0; row + 1 < batch_.offsets.size(); ++row) AddRow(row);
    FinishMetrics();
    return std::move(result_);
  }

 private:
  double Ratio(double log_ratio) const { return std::exp(std::clamp(log_ratio, -20.0, 20.0)); }

  double Weight(double row_tokens) const {
    switch (config_.aggregation) {
      case Aggregation::kSequenceMean:
        return 1 / (std::max(row_tokens, 1.0) * std::max(totals_.rows, 1.0));
      case Aggregation::kTokenMean:
        return 1 / std::max(totals_.tokens, 1.0);
      case Aggregation::kConstant:
        return 1 / (std::max(totals_.rows, 1.0) * static_cast<double>(config_.max_length));
      case Aggregation::kSequenceSum:
        return 1 / std::max(totals_.rows, 1.0);
    }
    return 0;
  }

  void AddRow(std::size_t row) {
    begin_ = batch_.offsets[row];
    end_ = batch_.offsets[row + 1];
    double log_ratio_sum = 0;
    double sampler_kl = 0;
    tokens_ = 0;
    for (std::size_t t = begin_; t < end_; ++t) {
      if (batch_.mask[t] == 0) continue;
      ++tokens_;
      log_ratio_sum += LogRatio(t);
      const double sampler = At(batch_.sampler_logps, t, batch_.old_logps[t]);
      if (!std::isnan(sampler)) sampler_kl += sampler - batch_.logps[t];
    }
    ++rows_;
    if (tokens_ == 0) {
      if (config_.term == PolicyTerm::kVespo) result_.metrics.vespo_weight += 1;
      return;
    }
    const double advantage = static_cast<double>(batch_.advantages[FirstToken()]);
    row_log_ratio_ = log_ratio_sum / tokens_;
    row_keep_ = !config_.off_policy_threshold || advantage >= 0 ||
                        sampler_kl / tokens_ <= *config_.off_policy_threshold
                    ? 1
                    : 0;
    if (config_.term == PolicyTerm::kVespo) vespo_weight_ = VespoWeight(advantage);
    AddTokens();
  }

  std::size_t FirstToken() const {
    std::size_t t = begin_;
    while (batch_.mask[t] == 0) ++t;
    return t;
  }

  double LogRatio(std::size_t t) const {
    return static_cast<double>(batch_.logps[t]) - static_cast<double>(batch_.old_logps[t]);
  }

  double VespoWeight(double advantage) {
    const double floor = std::log(1e-8);
    double log_ratio = 0;
    for (std::size_t t = begin_; t < end_; ++t) {
      if (batch_.mask[t] == 0) continue;
      log_ratio += std::clamp(LogRatio(t), -20.0, 20.0);
      const double correction = At(batch_.sampler_correction, t, 1);
      log_ratio += correction > 0 ? std::clamp(std::log(correction), floor, 20.0) : floor;
    }
    log_ratio = std::clamp(log_ratio, floor, 20.0);
    const bool positive = advantage >= 0;
    const double k = positive ? config_.vespo_k_positive : config_.vespo_k_negative;
    const double lambda =
        std::max(positive ? config_.vespo_lambda_positive : config_.vespo_lambda_negative, 1e-4);
    const double weight = std::exp(lambda + k * log_ratio - lambda * std::exp(log_ratio));
    result_.metrics.vespo_weight += weight;
    return std::isfinite(weight) ? weight : 0;
  }

  Term PolicyTermOf(double ratio, double advantage, double logp) const {
    switch (config_.term) {
      case PolicyTerm::kClip:
        return ClipTerm(config_, ratio, advantage);
      case PolicyTerm::kCispo:
        return DetachedTerm(std::min(ratio, config_.eps_high), advantage, logp);
      case PolicyTerm::kSapo:
        return SapoTerm(config_, ratio, advantage);
      case PolicyTerm::kVespo:
        return DetachedTerm(vespo_weight_, advantage, logp);
      case PolicyTerm::kPlain:
        return DetachedTerm(1, advantage, logp);
    }
    return {};
  }

  void AddTokens() {
    const bool per_row = config_.level != RatioLevel::kToken;
    const bool sequence = config_.level == RatioLevel::kSequence;
    const double weight = Weight(tokens_);
    double by_row_log_ratio = 0;
    double row_low = 0;
    double row_high = 0;
    for (std::size_t t = begin_; t < end_; ++t) {
      if (batch_.mask[t] == 0) continue;
      const double logp = static_cast<double>(batch_.logps[t]);
      const double advantage = static_cast<double>(batch_.advantages[t]);
      const double log_ratio = per_row ? row_log_ratio_ : LogRatio(t);
      const double ratio = Ratio(log_ratio);
      const double ratio_slope = std::abs(log_ratio) <= 20 ? 1 : 0;
      const Term term = PolicyTermOf(ratio, advantage, logp);
      const double keep = row_keep_ * EntropyKeep(t) * Correction(t);

      double value = keep * term.value;
      double by_log_ratio = keep * term.by_log_ratio * ratio_slope;
      double gradient = keep * term.by_logp;
      if (config_.beta != 0) AddKl(t, ratio, ratio_slope, value, by_log_ratio, gradient);
      (sequence ? by_row_log_ratio : gradient) += by_log_ratio;
      result_.loss += weight * value;
      result_.grad_logps[t] = static_cast<Real>(weight * gradient);
      if (config_.entropy_bonus != 0) AddEntropy(t);
      Count(t, term, ratio, advantage, row_low, row_high);
    }
    if (sequence) {
      for (std::size_t t = begin_; t < end_; ++t) {
        if (batch_.mask[t] == 0) continue;
        result_.grad_logps[t] += static_cast<Real>(weight * by_row_log_ratio / tokens_);
      }
    }
    CountRow(row_low / tokens_, row_high / tokens_);
  }

  double EntropyKeep(std::size_t t) const {
    if (!config_.entropy_threshold) return 1;
    return static_cast<double>(batch_.entropies[t]) >= *config_.entropy_threshold ? 1 : 0;
  }

  double Correction(std::size_t t) const {
    return config_.term == PolicyTerm::kVespo ? 1 : At(batch_.sampler_correction, t, 1);
  }

  void AddKl(std::size_t t, double ratio, double ratio_slope, double& value, double& by_log_ratio,
             double& gradient) {
    const KlTerm kl = Kl(config_.kl, batch_.logps[t], batch_.reference_logps[t]);
    const double factor = config_.kl_times_ratio ? ratio : 1;
    value += config_.beta * kl.value * factor;
    gradient += config_.beta * kl.gradient * factor;
    if (config_.kl_times_ratio) by_log_ratio += config_.beta * kl.value * ratio * ratio_slope;
    result_.metrics.kl += kl.value * factor;
  }

  void AddEntropy(std::size_t t) {
    if (EntropyKeep(t) == 0) return;
    const double tokens = totals_.entropy_tokens.value_or(totals_.tokens);
    const double weight = config_.entropy_bonus / std::max(tokens, 1.0);
    result_.loss -= weight * static_cast<double>(batch_.entropies[t]);
    result_.grad_entropies[t] = static_cast<Real>(-weight);
  }

  void Count(std::size_t t, const Term& term, double ratio, double advantage, double& row_low,
             double& row_high) {
    PolicyLossMetrics& metrics = result_.metrics;
    ++all_tokens_;
    const double seen = config_.delta ? std::min(ratio, *config_.delta) : ratio;
    const bool clip = config_.term == PolicyTerm::kClip;
    row_low += clip && seen < 1 - config_.eps_low && advantage < 0 ? 1 : 0;
    row_high += clip && seen > 1 + config_.eps_high && advantage > 0 ? 1 : 0;
    if (config_.term == PolicyTerm::kCispo && ratio > config_.eps_high && advantage > 0) {
      metrics.cispo_clip += config_.level == RatioLevel::kToken ? 1 : 1 / tokens_;
    }
    metrics.clip_active += term.clip_active ? 1 : 0;
    metrics.dual_clip_active += term.dual_active ? 1 : 0;
    metrics.entropy += At(batch_.entropies, t, 0);
    metrics.approximate_kl -= LogRatio(t);
    metrics.max_ratio_deviation = std::max(metrics.max_ratio_deviation, std::abs(ratio - 1));
  }

  void CountRow(double low, double high) {
    PolicyLossMetrics& metrics = result_.metrics;
    const double count = config_.level == RatioLevel::kToken ? tokens_ : 1;
    metrics.clip_low += low * count;
    metrics.clip_high += high * count;
    least_low_ = std::min(least_low_, low);
    metrics.clip_high_max = std::max(metrics.clip_high_max, high);
  }

  void FinishMetrics() {
    PolicyLossMetrics& metrics = result_.metrics;
    const double tokens = std::max(all_tokens_, 1.0);
    const double rows = std::max(rows_, 1.0);
    const double units = config_.level == RatioLevel::kToken ? tokens : rows;
    metrics.entropy /= tokens;
    metrics.kl /= tokens;
    metrics.approximate_kl /= tokens;
    metrics.clip_low /= units;
    metrics.clip_high /= units;
    metrics.clip_low_min = all_tokens_ > 0 ? least_low_ : 0;
    metrics.clip_active /= tokens;
    metrics.dual_clip_active /= tokens;
    metrics.cispo_clip /= units;
    metrics.vespo_weight /= rows;
  }

  const PolicyLossConfig& config_;
  const PolicyBatch<Real>& batch_;
  const StepTotals& totals_;
  PolicyLossResult<Real> result_;
  // Of the current row.
  std::size_t begin_ = 0, end_ = 0;
  double tokens_ = 0;
  double row_log_ratio_ = 0;
  double row_keep_ = 1;
  double vespo_weight_ = 0;
  // Of the batch.
  double all_tokens_ = 0;
  double rows_ = 0;
  double least_low_ = std::numeric_limits<double>::infinity();
};

template <class Real>
void CheckBatch(const PolicyLossConfig& config, const PolicyBatch<Real>& batch) {
  const std::size_t size = batch.logps.size();
  const auto fits = [size](auto span) { return span.empty() || span.size() == size; };
  ASSAY_CHECK(!batch.offsets.empty() && batch.offsets.back() == size, "offsets do not fit");
  ASSAY_CHECK(batch.mask.size() == size && batch.old_logps.size() == size &&
                  batch.advantages.size() == size,
              "a span does not fit the log-probabilities");
  ASSAY_CHECK(fits(batch.reference_logps) && fits(batch.sampler_logps) &&
                  fits(batch.sampler_correction) && fits(batch.entropies),
              "an optional span does not fit the log-probabilities");
  ASSAY_CHECK(config.beta == 0 || size == 0 || !batch.reference_logps.empty(),
              "the KL term needs reference log-probabilities");
  ASSAY_CHECK((config.entropy_bonus == 0 && !config.entropy_threshold) || size == 0 ||
                  !batch.entropies.empty(),
              "the entropy options need entropies");
  ASSAY_CHECK(config.aggregation != Aggregation::kConstant || config.max_length > 0,
              "the constant divisor needs max_length");
}

}  // namespace

template <class Real>
PolicyLossResult<Real> PolicyLoss(const PolicyLossConfig& config, const PolicyBatch<Real>& batch,
                                  const StepTotals& totals) {
  CheckBatch(config, batch);
  return Rows<Real>(config, batch, totals).Run();
}

template PolicyLossResult<float> PolicyLoss(const PolicyLossConfig&, const PolicyBatch<float>&,
                                            const StepTotals&);
template PolicyLossResult<double> PolicyLoss(const PolicyLossConfig&, const PolicyBatch<double>&,
                                             const StepTotals&);

template <class Real>
double EntropyThreshold(std::span<const Real> entropies, std::span<const std::uint8_t> mask,
                        double quantile) {
  std::vector<double> values;
  for (std::size_t t = 0; t < entropies.size(); ++t) {
    if (mask[t] != 0) values.push_back(static_cast<double>(entropies[t]));
  }
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double position = quantile * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

template double EntropyThreshold(std::span<const float>, std::span<const std::uint8_t>, double);
template double EntropyThreshold(std::span<const double>, std::span<const std::uint8_t>, double);

}  // namespace assay
