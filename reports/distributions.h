// reports/distributions.h -- The few probability functions that intervals and tests need.
#pragma once

#include <cstdint>

namespace assay {

// P(Z <= z) of the standard normal.
double NormalCdf(double z);
// P(T <= t) of Student's t with `degrees` > 0 degrees of freedom.
double StudentCdf(double t, double degrees);
// The t with StudentCdf(t) = probability in (0, 1), to about 1e-10.
double StudentQuantile(double probability, double degrees);
double NormalQuantile(double probability);
// The regularized incomplete beta function I_x(a, b), a and b > 0, x in [0, 1].
double IncompleteBeta(double a, double b, double x);
// The x in [0, 1] with IncompleteBeta(a, b, x) = probability, to about 1e-12.
double BetaQuantile(double probability, double a, double b);
// The exact two-sided p-value of `successes` out of `trials` under probability one half: twice the
// smaller tail, at most 1.
double SignTest(std::int64_t successes, std::int64_t trials);

}  // namespace assay
