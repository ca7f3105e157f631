// reports/paired.h -- Two runs on the same problems.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reports/statistics.h"

namespace assay {

// One problem in both runs.
struct PairedCounts {
  ProblemCounts a;
  ProblemCounts b;
};

struct PairedComparison {
  std::int64_t problems = 0;  // with at least one counted sample in both
  double difference = 0;      // pass@1 of b minus that of a
  double low = 0, high = 0;   // 95 % interval: adjusted Student's t over the problems' differences
  double standard_error = 0;
  double p_permutation = 1;       // two-sided: signs of the problems' differences flipped
  bool permutation_exact = true;  // else from 100,000 keyed random flips
  // Problems with one sample in both runs, all of them or nothing: McNemar's exact test.
  std::optional<double> p_mcnemar;
  std::int64_t better = 0;  // problems where b's rate is higher
  std::int64_t worse = 0;
};

// Absent when no problem has samples in both.
std::optional<PairedComparison> ComparePairs(const std::vector<PairedCounts>& pairs);

// Holm's step-down adjustment of p-values of a family of tests, in the order given.
std::vector<double> HolmAdjusted(const std::vector<double>& p_values);

// What a comparison can see before it is run.
struct Plan {
  std::int64_t problems = 0;
  std::int64_t samples = 1;  // a problem, in each run
  double rate = 0.5;         // expected pass@1
  double shared = 0.5;       // of the variance of one sample, the part that lies between problems
  double correlation = 0.7;  // of the two models' rates over problems
};
// Half the width of the 95 % interval of one run's pass@1; at most 1/2.
double ExpectedHalfWidth(const Plan& plan);
// The smallest true difference that a paired comparison finds (p < .05, two-sided) in 80 % of runs.
// Absent where there is none: with fewer than six problems, or where it would be larger than two
// rates around the expected one can lie apart.
std::optional<double> SmallestDetectableDifference(const Plan& plan);

}  // namespace assay
