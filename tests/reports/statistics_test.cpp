#include "reports/statistics.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "reports/distributions.h"
#include "reports/majority.h"
#include "reports/paired.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

// pass@k and maj@k by going through every subset.
struct Exhaustive {
  double pass = 0;
  double majority = 0;
};
Exhaustive AllSubsets(const Ballot& ballot, int k) {
  std::vector<int> samples;  // class of each sample, -1 for an abstention
  for (std::size_t i = 0; i < ballot.classes.size(); ++i) {
    samples.insert(samples.end(), static_cast<std::size_t>(ballot.classes[i].votes),
                   static_cast<int>(i));
  }
  samples.insert(samples.end(), static_cast<std::size_t>(ballot.abstentions), -1);
  Exhaustive sum;
  int subsets = 0;
  for (unsigned mask = 0; mask < (1U << samples.size()); ++mask) {
    if (__builtin_popcount(mask) != k) continue;
    ++subsets;
    std::vector<int> votes(ballot.classes.size());
    bool any = false;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if ((mask >> i & 1U) == 0 || samples[i] < 0) continue;
      ++votes[static_cast<std::size_t>(samples[i])];
      any = any || ballot.classes[static_cast<std::size_t>(samples[i])].correct;
    }
    sum.pass += any ? 1 : 0;
    const int top = votes.empty() ? 0 : *std::max_element(votes.begin(), votes.end());
    if (top == 0) continue;
    int tied = 0;
    int right = 0;
    for (std::size_t i = 0; i < votes.size(); ++i) {
      tied += votes[i] == top ? 1 : 0;
      right += votes[i] == top && ballot.classes[i].correct ? 1 : 0;
    }
    sum.majority += static_cast<double>(right) / tied;
  }
  sum.pass /= subsets;
  sum.majority /= subsets;
  return sum;
}

// A rate from Beta(mean * concentration, (1 - mean) * concentration), by its quantile function.
double BetaRate(double u, double mean, double concentration) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (IncompleteBeta(mean * concentration, (1 - mean) * concentration, middle) < u ? low : high) =
        middle;
  }
  return (low + high) / 2;
}

double BetaDraw(Rng& rng, double mean, double concentration) {
  return BetaRate(rng.Uniform(), mean, concentration);
}

ProblemCounts DrawCounts(Rng& rng, double rate, int samples) {
  ProblemCounts counts{samples, 0};
  for (int i = 0; i < samples; ++i) counts.correct += rng.Chance(rate) ? 1 : 0;
  return counts;
}

// Two models on the same problems: where `same` of the problems are equally hard for both, and
// their mean rates lie `difference` apart around a half.
std::vector<PairedCounts> DrawPairs(Rng& rng, int problems, int samples, double concentration,
                                    double same, double difference) {
  std::vector<PairedCounts> pairs;
  for (int i = 0; i < problems; ++i) {
    const double u = rng.Uniform();
    const double other = rng.Chance(same) ? u : rng.Uniform();
    const double a = BetaRate(u, 0.5 - difference / 2, concentration);
    const double b = BetaRate(other, 0.5 + difference / 2, concentration);
    pairs.push_back({DrawCounts(rng, a, samples), DrawCounts(rng, b, samples)});
  }
  return pairs;
}

// Share of simulated runs whose interval holds the true mean.
double Coverage(int runs, int problems, int samples, double concentration) {
  Rng rng(Key("coverage", static_cast<std::uint64_t>(concentration * 100)));
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    const double mean = 0.05 + 0.05 * (run % 19);
    std::vector<ProblemCounts> counts;
    for (int i = 0; i < problems; ++i) {
      const double rate = concentration > 0 ? BetaDraw(rng, mean, concentration) : mean;
      counts.push_back(DrawCounts(rng, rate, samples));
    }
    const Estimate estimate = *EstimatePassAtK(counts, 1);
    held += estimate.low <= mean && mean <= estimate.high ? 1 : 0;
  }
  return 100.0 * held / runs;
}

}  // namespace

TEST_CASE("distribution functions agree with tables") {
  CHECK(NormalQuantile(0.975) == Approx(1.959963985).epsilon(1e-8));
  CHECK(StudentQuantile(0.975, 1) == Approx(12.70620474).epsilon(1e-8));
  CHECK(StudentQuantile(0.975, 29) == Approx(2.045229642).epsilon(1e-8));
  CHECK(StudentQuantile(0.8, 5) == Approx(0.9195437802).epsilon(1e-8));
  CHECK(IncompleteBeta(2, 3, 0.4) == Approx(0.5248).epsilon(1e-12));
  CHECK(SignTest(1, 10) == Approx(22.0 / 1024));
  CHECK(SignTest(5, 10) == 1);
  CHECK(SignTest(0, 0) == 1);
}

TEST_CASE("exact sign test: the known discordant counts of two recorded runs") {
  CHECK(SignTest(28, 28 + 59) == Approx(0.0012).epsilon(0.05));
}

TEST_CASE("pass@k and maj@k equal the count over all subsets") {
  Rng rng(Key("ballots", 1));
  for (int round = 0; round < 60; ++round) {
    Ballot ballot;
    const auto classes = static_cast<std::size_t>(rng.Int(0, 4));
    for (std::size_t i = 0; i < classes; ++i) {
      ballot.classes.push_back({std::to_string(i), rng.Int(1, 3), i == 0 && rng.Chance(0.7)});
    }
    ballot.abstentions = rng.Int(classes == 0 ? 1 : 0, 2);
    const auto drawn = static_cast<int>(ballot.Drawn());
    ProblemCounts counts{drawn, 0};
    for (const auto& answer : ballot.classes) counts.correct += answer.correct ? answer.votes : 0;
    for (int k = 1; k <= drawn; ++k) {
      const Exhaustive truth = AllSubsets(ballot, k);
      CHECK(*PassAtK(counts, k) == Approx(truth.pass).margin(1e-12));
      CHECK(*MajorityAtK(ballot, k) == Approx(truth.majority).margin(1e-9));
    }
    CHECK_FALSE(PassAtK(counts, drawn + 1));
    CHECK_FALSE(MajorityAtK(ballot, drawn + 1));
  }
}

TEST_CASE("ties are named") {
  const Ballot ballot{{{"7", 3, true}, {"8", 3, false}, {"9", 1, false}}, 1};
  CHECK(Winners(ballot) == std::vector<std::string>{"7", "8"});
  CHECK(*MajorityAtK(ballot, 8) == Approx(0.5));
}

TEST_CASE("the standard error is the spread over problems, and splits in two") {
  std::vector<ProblemCounts> problems;
  for (int i = 0; i < 50; ++i) problems.push_back({8, i < 25 ? 8 : 0});
  const Estimate estimate = *EstimatePassAtK(problems, 1);
  CHECK(estimate.value == 0.5);
  CHECK(estimate.standard_error == Approx(0.5 * std::sqrt(50.0 / 49) / std::sqrt(50.0)));
  const auto parts = *Components(problems);
  CHECK(parts.within == 0);
  CHECK(parts.between == Approx(0.25 * 50 / 49));
  for (auto& counts : problems) counts.correct = 4;
  CHECK(Components(problems)->between == 0);
  CHECK(Components(problems)->within == Approx(0.25 * 8 / 7));
}

TEST_CASE("intervals are sane at the edges") {
  const Estimate none = *EstimateMean({0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(none.low == 0);
  CHECK(none.high > 0.25);
  CHECK(none.high < 0.45);
  const Estimate one = *EstimateMean({1});
  CHECK(one.high == 1);
  CHECK(one.low < 0.3);
  CHECK_FALSE(EstimateMean({}));
  const Estimate exact = *EstimateMean({1, 1, 1, 1, 1, 1, 1, 0, 0, 0});  // tables: 7 of 10
  CHECK(exact.low == Approx(0.3475).margin(5e-5));
  CHECK(exact.high == Approx(0.9333).margin(5e-5));
  const Estimate mixed = *EstimateMean({1, 0});
  CHECK(mixed.low < 0.1);
  CHECK(mixed.high > 0.9);
}

TEST_CASE("intervals hold the truth in 93.5 to 96.5 % of 10,000 simulated runs of 30 problems x 8",
          "[slow]") {
  for (const double concentration : {0.5, 2.0, 5.0, 20.0, 0.0}) {
    const double coverage = Coverage(10'000, 30, 8, concentration);
    INFO("concentration " << concentration << ": " << coverage << " %");
    CHECK(coverage >= 93.5);
    CHECK(coverage <= 96.5);
  }
}

TEST_CASE(
    "with other shapes intervals hold the truth too: with 10 problems they err on the wide side",
    "[slow]") {
  for (const auto& [problems, samples] : {std::pair(10, 4), {100, 1}, {200, 16}}) {
    const double coverage = Coverage(3'000, problems, samples, 2.0);
    INFO(problems << " x " << samples << ": " << coverage << " %");
    CHECK(coverage >= 93);
    CHECK(coverage <= (problems < 30 ? 98.5 : 97));
  }
}

TEST_CASE("a paired comparison: exact McNemar, exact permutation, flips") {
  std::vector<PairedCounts> pairs;
  const auto add = [&](int count, int a, int b) {
    for (int i = 0; i < count; ++i) pairs.push_back({{1, a}, {1, b}});
  };
  add(248, 1, 1);
  add(28, 1, 0);
  add(59, 0, 1);
  add(64, 0, 0);
  const PairedComparison comparison = *ComparePairs(pairs);
  CHECK(comparison.problems == 399);
  CHECK(comparison.better == 59);
  CHECK(comparison.worse == 28);
  CHECK(comparison.difference == Approx(31.0 / 399));
  REQUIRE(comparison.p_mcnemar);
  CHECK(*comparison.p_mcnemar == Approx(0.0012).epsilon(0.05));
  CHECK(comparison.permutation_exact);
  CHECK(comparison.p_permutation == Approx(*comparison.p_mcnemar).epsilon(1e-9));
  CHECK(comparison.low > 0);
}

TEST_CASE("the permutation test equals the count over all flips") {
  Rng rng(Key("flips", 1));
  for (int round = 0; round < 30; ++round) {
    std::vector<PairedCounts> pairs;
    std::vector<double> differences;
    double sum = 0;
    for (int i = 0; i < 9; ++i) {
      const PairedCounts pair{{4, rng.Int(0, 4)}, {6, rng.Int(0, 6)}};
      pairs.push_back(pair);
      differences.push_back(static_cast<double>(pair.b.correct) / 6 -
                            static_cast<double>(pair.a.correct) / 4);
      sum += differences.back();
    }
    int extreme = 0;
    for (unsigned mask = 0; mask < 512; ++mask) {
      double flipped = 0;
      for (std::size_t i = 0; i < 9; ++i) {
        flipped += (mask >> i & 1U) != 0 ? differences[i] : -differences[i];
      }
      extreme += std::abs(flipped) >= std::abs(sum) - 1e-9 ? 1 : 0;
    }
    CHECK(ComparePairs(pairs)->p_permutation == Approx(extreme / 512.0));
  }
}

TEST_CASE("Holm's adjustment") {
  const auto adjusted = HolmAdjusted({0.04, 0.01, 0.03});
  CHECK(adjusted[1] == Approx(0.03));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[0] == Approx(0.06));
}

TEST_CASE("a comparison claims no more than its few problems allow") {
  const auto pairs = [](int count, ProblemCounts a, ProblemCounts b) {
    return *ComparePairs(std::vector<PairedCounts>(static_cast<std::size_t>(count), {a, b}));
  };
  const auto one = pairs(1, {1, 1}, {1, 0});
  CHECK(one.low == -1);
  CHECK(one.high == 1);
  CHECK(one.p_permutation == 1);
  const auto lost = pairs(5, {1, 1}, {1, 0});  // p = 1/16: not for sure
  CHECK(lost.difference == -1);
  CHECK(lost.p_permutation == Approx(0.0625));
  CHECK(lost.low == -1);
  CHECK(lost.high > 0);
  const auto more = pairs(8, {1, 1}, {1, 0});
  CHECK(more.p_permutation < 0.05);
  CHECK(more.high < 0);
  const auto equal = pairs(10, {1, 1}, {1, 1});
  CHECK(equal.difference == 0);
  CHECK(equal.p_permutation == 1);
  CHECK(equal.low < -0.2);
  CHECK(equal.high > 0.2);
  const auto close = pairs(100, {8, 4}, {8, 4});
  CHECK(close.high < 0.05);
  CHECK(close.high > 0.01);
}

TEST_CASE("paired intervals hold the truth in at least 94 % of simulated comparisons", "[slow]") {
  for (const auto& [problems, samples] : {std::pair(5, 1), {30, 1}, {200, 1}, {10, 8}, {30, 8}}) {
    Rng rng(Key("paired", static_cast<std::uint64_t>(problems * samples)));
    constexpr double kDifference = 0.1;
    constexpr int kRuns = 2'000;
    int held = 0;
    for (int run = 0; run < kRuns; ++run) {
      const auto comparison = *ComparePairs(DrawPairs(rng, problems, samples, 1, 0.7, kDifference));
      held += comparison.low <= kDifference && kDifference <= comparison.high ? 1 : 0;
    }
    INFO(problems << " x " << samples << ": " << 100.0 * held / kRuns << " %");
    CHECK(held >= 0.94 * kRuns);
    CHECK((held <= 0.985 * kRuns || problems <= 10));
  }
}

TEST_CASE("a planned difference shrinks with problems and samples") {
  Plan plan{100, 1, 0.5, 0.5, 0.7};
  const double one = *SmallestDetectableDifference(plan);
  plan.samples = 8;
  CHECK(*SmallestDetectableDifference(plan) < one);
  plan.problems = 400;
  CHECK(*SmallestDetectableDifference(plan) < one / 2);
  CHECK(ExpectedHalfWidth(plan) < ExpectedHalfWidth({100, 8, 0.5, 0.5, 0.7}));
  CHECK_FALSE(SmallestDetectableDifference({5, 1000, 0.5, 0.5, 0.7}));
  CHECK_FALSE(SmallestDetectableDifference({8, 1, 0.1, 0.5, 0.7}));  // two rates lie closer
  for (const std::int64_t problems : {1, 2, 3, 10}) {
    CHECK(ExpectedHalfWidth({problems, 1, 0.5, 0.5, 0.7}) < 0.5);
  }
}

TEST_CASE("the planned width and difference are what simulated runs show", "[slow]") {
  const Plan plan{60, 4, 0.5, 0.5, 0.7};
  const double difference = *SmallestDetectableDifference(plan);
  Rng rng(Key("plan", 1));
  constexpr int kRuns = 400;
  int found = 0;
  double half = 0;
  for (int run = 0; run < kRuns; ++run) {
    // A beta distribution of concentration 1 puts half of a sample's variance between problems.
    const auto pairs = DrawPairs(rng, 60, 4, 1, plan.correlation, difference);
    found += ComparePairs(pairs)->p_permutation < 0.05 ? 1 : 0;
    std::vector<ProblemCounts> a;
    for (const PairedCounts& pair : pairs) a.push_back(pair.a);
    const Estimate estimate = *EstimatePassAtK(a, 1);
    half += (estimate.high - estimate.low) / 2 / kRuns;
  }
  CHECK(found > 0.73 * kRuns);
  CHECK(found < 0.87 * kRuns);
  CHECK(half == Approx(ExpectedHalfWidth(plan)).epsilon(0.05));
}
