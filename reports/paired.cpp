#include "reports/paired.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "reports/distributions.h"

namespace assay {
namespace {

// Beyond this many additions the exact distribution is sampled instead.
constexpr double kMostExactWork = 2e8;
constexpr int kRandomFlips = 100'000;
// With fewer problems no flip of signs is rarer than 5 %: 2 / 2^5.
constexpr std::int64_t kFewestForSignificance = 6;

double Rate(const ProblemCounts& counts) {
  return static_cast<double>(counts.correct) / static_cast<double>(counts.drawn);
}

// The share of sign flips with a sum of absolute value at least |sum|, by convolution: differences
// are whole multiples of 1/unit.
double ExactFlips(const std::vector<std::int64_t>& sizes, std::int64_t sum) {
  const std::int64_t total = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  std::vector<double> chance(static_cast<std::size_t>(2 * total + 1));
  chance[static_cast<std::size_t>(total)] = 1;
  std::int64_t reach = 0;
  for (const std::int64_t size : sizes) {
    std::vector<double> next(chance.size());
    for (std::int64_t at = -reach; at <= reach; ++at) {
      const double half = chance[static_cast<std::size_t>(total + at)] / 2;
      if (half == 0) continue;
      next[static_cast<std::size_t>(total + at + size)] += half;
      next[static_cast<std::size_t>(total + at - size)] += half;
    }
    reach += size;
    chance.swap(next);
  }
  double extreme = 0;
  for (std::int64_t at = -total; at <= total; ++at) {
    if (std::abs(at) >= std::abs(sum)) extreme += chance[static_cast<std::size_t>(total + at)];
  }
  return std::min(1.0, extreme);
}

double RandomFlips(const std::vector<double>& differences, double sum) {
  Rng rng(Key("permutation", differences.size()));
  int extreme = 1;  // the flip that was seen counts
  for (int i = 0; i < kRandomFlips; ++i) {
    double flipped = 0;
    for (const double difference : differences) {
      flipped += (rng() >> 63U) != 0 ? difference : -difference;
    }
    extreme += std::abs(flipped) >= std::abs(sum) - 1e-12 ? 1 : 0;
  }
  return static_cast<double>(extreme) / (kRandomFlips + 1);
}

struct Difference {
  double value = 0;
  std::int64_t unit = 1;  // value is a whole multiple of 1 / unit
};

void Permute(const std::vector<Difference>& all, PairedComparison& comparison) {
  std::int64_t unit = 1;
  for (const Difference& difference : all) {
    unit = std::lcm(unit, difference.unit);
    if (unit > 1'000'000) break;
  }
  std::vector<double> moved;
  std::vector<std::int64_t> sizes;
  std::int64_t sum = 0;
  for (const Difference& difference : all) {
    if (difference.value == 0) continue;
    moved.push_back(difference.value);
    const auto whole =
        static_cast<std::int64_t>(std::llround(difference.value * static_cast<double>(unit)));
    sizes.push_back(std::abs(whole));
    sum += whole;
  }
  const auto total =
      static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}));
  comparison.permutation_exact =
      unit <= 1'000'000 && total * static_cast<double>(sizes.size()) <= kMostExactWork;
  comparison.p_permutation =
      comparison.permutation_exact
          ? ExactFlips(sizes, sum)
          : RandomFlips(moved, std::accumulate(moved.begin(), moved.end(), 0.0));
}

// As if two more problems had been seen that changed wholly, one each way (Bonett and Price 2012,
// for one sample a problem). Where many samples a problem make differences small, such problems are
// not to be expected and count for less: by the square of Σd² / Σ|d|, which is 1 where all changes
// are whole.
void Interval(const std::vector<Difference>& all, PairedComparison& comparison) {
  const auto m = static_cast<double>(all.size());
  double sum = 0;
  double squares = 0;
  double sizes = 0;
  for (const Difference& difference : all) {
    sum += difference.value;
    squares += difference.value * difference.value;
    sizes += std::abs(difference.value);
  }
  comparison.low = -1;
  comparison.high = 1;
  if (all.size() < 2) return;
  const double spread = std::max(0.0, squares - sum * sum / m);
  comparison.standard_error = std::sqrt(spread / (m - 1) / m);
  const double weight = sizes > 0 ? std::pow(squares / sizes, 2) : 1;
  const double count = m + 2 * weight;
  const double centre = sum / count;
  const double variance = std::max(0.0, (squares + 2 * weight) / count - centre * centre);
  const double half = StudentQuantile(0.975, m - 1) * std::sqrt(variance / count);
  comparison.low = std::clamp(centre - half, -1.0, comparison.difference);
  comparison.high = std::clamp(centre + half, comparison.difference, 1.0);
}

}  // namespace

std::optional<PairedComparison> ComparePairs(const std::vector<PairedCounts>& pairs) {
  PairedComparison comparison;
  std::vector<Difference> all;
  bool single = true;
  for (const PairedCounts& pair : pairs) {
    if (pair.a.drawn < 1 || pair.b.drawn < 1) continue;
    const double difference = Rate(pair.b) - Rate(pair.a);
    all.push_back({difference, std::lcm(pair.a.drawn, pair.b.drawn)});
    comparison.difference += difference;
    comparison.better += difference > 0 ? 1 : 0;
    comparison.worse += difference < 0 ? 1 : 0;
    single = single && pair.a.drawn == 1 && pair.b.drawn == 1;
  }
  if (all.empty()) return std::nullopt;
  comparison.problems = static_cast<std::int64_t>(all.size());
  comparison.difference /= static_cast<double>(all.size());
  Interval(all, comparison);
  Permute(all, comparison);
  if (single)
    comparison.p_mcnemar = SignTest(comparison.better, comparison.better + comparison.worse);
  return comparison;
}

std::vector<double> HolmAdjusted(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double floor = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = p_values[order[rank]] * static_cast<double>(order.size() - rank);
    floor = std::max(floor, std::min(1.0, scaled));
    adjusted[order[rank]] = floor;
  }
  return adjusted;
}

double ExpectedHalfWidth(const Plan& plan) {
  const double variance = plan.rate * (1 - plan.rate);
  const auto m = static_cast<double>(plan.problems);
  const double of_mean =
      variance * (plan.shared + (1 - plan.shared) / static_cast<double>(plan.samples)) / m;
  return IntervalHalfWidth(plan.rate, variance / of_mean, plan.problems);
}

std::optional<double> SmallestDetectableDifference(const Plan& plan) {
  if (plan.problems < kFewestForSignificance) return std::nullopt;
  const double variance = plan.rate * (1 - plan.rate);
  const auto m = static_cast<double>(plan.problems);
  const double of_difference = 2 * variance *
                               (plan.shared * (1 - plan.correlation) +
                                (1 - plan.shared) / static_cast<double>(plan.samples)) /
                               m;
  const double difference =
      (StudentQuantile(0.975, m - 1) + StudentQuantile(0.8, m - 1)) * std::sqrt(of_difference);
  if (difference > std::min(1.0, 2 * std::min(plan.rate, 1 - plan.rate))) return std::nullopt;
  return difference;
}

}  // namespace assay
