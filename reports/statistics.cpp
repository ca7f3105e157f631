#include "reports/statistics.h"

#include <algorithm>
#include <cmath>

#include "reports/distributions.h"

namespace assay {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kPseudoProblems = 0.7;

struct Bounds {
  double low = 0;
  double high = 1;
};

// Half the length of Wilson's interval before it is cut off at 0 and 1.
double WilsonHalf(double mean, double effective, double quantile) {
  const double z2 = quantile * quantile;
  return quantile / (1 + z2 / effective) *
         std::sqrt(mean * (1 - mean) / effective + z2 / (4 * effective * effective));
}

double QuantileFor(std::int64_t problems) {
  const double tail = (1 + kConfidence) / 2;
  return problems > 1 ? StudentQuantile(tail, static_cast<double>(problems - 1))
                      : NormalQuantile(tail);
}

Bounds Wilson(double mean, double effective, double quantile) {
  const double z2 = quantile * quantile;
  const double centre = (mean + z2 / (2 * effective)) / (1 + z2 / effective);
  const double half = WilsonHalf(mean, effective, quantile);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

// Clopper and Pearson's interval for `correct` of `problems`.
Bounds Exact(double correct, double problems) {
  const double tail = (1 - kConfidence) / 2;
  Bounds bounds;
  if (correct > 0) bounds.low = BetaQuantile(tail, correct, problems - correct + 1);
  if (correct < problems) bounds.high = BetaQuantile(1 - tail, correct + 1, problems - correct);
  return bounds;
}

}  // namespace

std::optional<double> PassAtK(const ProblemCounts& counts, std::int64_t k) {
  if (k < 1 || counts.drawn < k) return std::nullopt;
  const std::int64_t wrong = counts.drawn - counts.correct;
  if (wrong < k) return 1.0;
  double all_wrong = 1;
  for (std::int64_t i = 0; i < k; ++i) {
    all_wrong *= static_cast<double>(wrong - i) / static_cast<double>(counts.drawn - i);
  }
  return 1 - all_wrong;
}

std::optional<Estimate> EstimateMean(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const auto m = static_cast<double>(values.size());
  Estimate estimate;
  estimate.problems = static_cast<std::int64_t>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  estimate.value = std::clamp(sum / m, 0.0, 1.0);
  double squares = 0;
  for (const double value : values) {
    squares += (value - estimate.value) * (value - estimate.value);
  }
  if (values.size() > 1) estimate.standard_error = std::sqrt(squares / (m - 1) / m);

  const bool binary = std::all_of(values.begin(), values.end(),
                                  [](double value) { return value == 0 || value == 1; });
  if (binary && values.size() <= kFewProblems) {
    const Bounds bounds = Exact(sum, m);
    estimate.low = bounds.low;
    estimate.high = bounds.high;
    return estimate;
  }
  const double quantile = QuantileFor(estimate.problems);
  const double largest = estimate.value * (1 - estimate.value);
  double effective = m;  // all 0 or all 1: nothing is known of the spread, so the least is assumed
  if (values.size() > 1 && largest > 1e-12) {
    const double centre = (sum + 1) / (m + 2);
    const double weight = kPseudoProblems / (m * centre * (1 - centre));
    const double variance =
        (squares + weight * centre * (1 - centre) * m / (m - 1)) / (m - 1 + weight);
    effective = largest / (variance / m);
  }
  const Bounds bounds = Wilson(estimate.value, effective, quantile);
  estimate.low = std::min(bounds.low, estimate.value);
  estimate.high = std::max(bounds.high, estimate.value);
  return estimate;
}

double IntervalHalfWidth(double mean, double effective, std::int64_t problems) {
  return WilsonHalf(mean, effective, QuantileFor(problems));
}

std::optional<Estimate> EstimatePassAtK(const std::vector<ProblemCounts>& problems,
                                        std::int64_t k) {
  std::vector<double> values;
  for (const ProblemCounts& counts : problems) {
    if (const auto value = PassAtK(counts, k)) values.push_back(*value);
  }
  return EstimateMean(values);
}

std::optional<VarianceComponents> Components(const std::vector<ProblemCounts>& problems) {
  double rates = 0;
  double rates_squared = 0;
  double within = 0;
  double within_of_mean = 0;
  std::int64_t repeated = 0;
  std::int64_t counted = 0;
  for (const ProblemCounts& counts : problems) {
    if (counts.drawn < 1) continue;
    const auto n = static_cast<double>(counts.drawn);
    const double rate = static_cast<double>(counts.correct) / n;
    ++counted;
    rates += rate;
    rates_squared += rate * rate;
    if (counts.drawn < 2) continue;
    const double variance = rate * (1 - rate) * n / (n - 1);  // unbiased for one sample
    within += variance;
    within_of_mean += variance / n;
    ++repeated;
  }
  if (counted < 2 || repeated == 0) return std::nullopt;
  const auto m = static_cast<double>(counted);
  const double spread = (rates_squared - rates * rates / m) / (m - 1);
  VarianceComponents components;
  components.within = within / static_cast<double>(repeated);
  components.between = std::max(0.0, spread - within_of_mean / static_cast<double>(repeated));
  return components;
}

}  // namespace assay
