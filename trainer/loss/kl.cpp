#include "trainer/loss/kl.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

constexpr double kMaxLogRatio = 20;

}  // namespace

std::optional<KlEstimator> ParseKlEstimator(std::string_view name) {
  if (name == "k1" || name == "kl") return KlEstimator::kK1;
  if (name == "abs") return KlEstimator::kAbs;
  if (name == "k2" || name == "mse") return KlEstimator::kK2;
  if (name == "k3" || name == "low_var_kl") return KlEstimator::kK3;
  if (name == "k1+") return KlEstimator::kK1StraightThrough;
  if (name == "k3+" || name == "low_var_kl+") return KlEstimator::kK3StraightThrough;
  return std::nullopt;
}

KlTerm Kl(KlEstimator estimator, double logp, double reference_logp) {
  const double raw = reference_logp - logp;
  const double x = std::clamp(raw, -kMaxLogRatio, kMaxLogRatio);
  const double inside = x == raw ? 1 : 0;
  // expm1 keeps k3 at exactly 0 and accurate near it.
  const double k3 = std::expm1(x) - x;
  switch (estimator) {
    case KlEstimator::kK1:
      return {-x, inside};
    case KlEstimator::kAbs:
      return {std::abs(x), inside * (x > 0 ? -1.0 : x < 0 ? 1.0 : 0.0)};
    case KlEstimator::kK2:
      return {x * x / 2, -x * inside};
    case KlEstimator::kK3:
      return {k3, -std::expm1(x) * inside};
    case KlEstimator::kK1StraightThrough:
      return {-x, -x * inside};
    case KlEstimator::kK3StraightThrough:
      return {k3, -x * inside};
  }
  return {};
}

}  // namespace assay
