#include "reports/distributions.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// Lentz's method on the continued fraction of the incomplete beta function (Abramowitz and Stegun,
// 26.5.8); converges quickly for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  double c = 1;
  double d = 1 / std::max(std::abs(1 - (a + b) * x / (a + 1)), kTiny);
  double value = d;
  for (int m = 1; m <= 1000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / std::max(1 + even * d, kTiny);
    c = std::max(1 + even / c, kTiny);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / std::max(1 + odd * d, kTiny);
    c = std::max(1 + odd / c, kTiny);
    const double step = d * c;
    value *= step;
    if (std::abs(step - 1) < 1e-15) break;
  }
  return value;
}

// The root of the increasing `cdf` at `probability`, by bisection.
template <class Cdf>
double Invert(double probability, const Cdf& cdf) {
  double low = -1;
  double high = 1;
  while (cdf(low) > probability && low > -1e12) low *= 2;
  while (cdf(high) < probability && high < 1e12) high *= 2;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (cdf(middle) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double NormalQuantile(double probability) { return Invert(probability, NormalCdf); }

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

double StudentCdf(double t, double degrees) {
  const double tail = 0.5 * IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
  return t > 0 ? 1 - tail : tail;
}

double StudentQuantile(double probability, double degrees) {
  return Invert(probability, [&](double t) { return StudentCdf(t, degrees); });
}

double BetaQuantile(double probability, double a, double b) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (IncompleteBeta(a, b, middle) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

double SignTest(std::int64_t successes, std::int64_t trials) {
  if (trials <= 0) return 1;
  const auto fewer = std::min(successes, trials - successes);
  double tail = 0;
  for (std::int64_t i = 0; i <= fewer; ++i) {
    const auto n = static_cast<double>(trials);
    const auto k = static_cast<double>(i);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) -
                     n * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace assay
