// reports/statistics.h -- Scores with honest intervals.
//
// The unit is the problem, not the sample: samples of one problem share its difficulty. A score is
// the mean over problems of a per-problem estimate in [0, 1]; its standard error is the spread of
// those divided by the root of their number, which holds both sources of variance.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay {

// How one problem's samples ended; samples that say nothing about the model are not in `drawn`.
struct ProblemCounts {
  std::int64_t drawn = 0;
  std::int64_t correct = 0;
};

struct Estimate {
  double value = 0;  // in [0, 1]
  double low = 0;    // 95 % interval
  double high = 1;
  double standard_error = 0;  // clustered by problem
  std::int64_t problems = 0;  // that it rests on
};

// 1 - C(n-c, k) / C(n, k): the chance that at least one of k samples drawn without replacement is
// correct; unbiased for pass@k (Chen et al. 2021, "Evaluating Large Language Models Trained on
// Code"). Absent for n < k or k < 1.
std::optional<double> PassAtK(const ProblemCounts& counts, std::int64_t k);

// The mean of per-problem values in [0, 1], with a 95 % interval.
//
// The interval is Wilson's, with the effective number of independent samples p(1-p)/SE² in place of
// n and Student's quantile (problems - 1 degrees of freedom) in place of the normal one. The
// variance is first drawn a little towards its largest possible value p(1-p), as if 0.7/(m p(1-p))
// more problems had been seen: with few problems solved, the spread seen is often too small. Chosen
// by simulation over beta-binomial difficulties from uniform to all-or-nothing
// (statistics_test.cpp). Where at most kFewProblems values are all 0 or 1 (one sample a problem, or
// nothing but all-or-nothing problems) it is the exact one of Clopper and Pearson, which errs on
// the wide side. Absent when there are no values.
inline constexpr std::size_t kFewProblems = 20;
std::optional<Estimate> EstimateMean(const std::vector<double>& values);

// Half the width of that interval around `mean`, for as many effective samples on so many problems.
double IntervalHalfWidth(double mean, double effective, std::int64_t problems);

// Problems with fewer than k samples are left out.
std::optional<Estimate> EstimatePassAtK(const std::vector<ProblemCounts>& problems, std::int64_t k);

// Where the variance of pass@1 comes from: SE² = between / problems + within / samples, for equal
// numbers of samples.
struct VarianceComponents {
  double between = 0;  // of the problems' true rates; never negative
  double within = 0;   // of one sample around its problem's rate
};
// Absent where no problem has two samples or there are fewer than two problems.
std::optional<VarianceComponents> Components(const std::vector<ProblemCounts>& problems);

}  // namespace assay
