// trainer/loss/kl.h -- Per-token estimators of KL(policy || reference) from samples of the policy.
//
// With x = log p_ref - log p (Schulman, "Approximating KL Divergence", 2020):
//   k1 = -x            unbiased, signed; its gradient carries no information as a loss term
//   abs = |x|
//   k2 = x^2 / 2       biased; its gradient is that of the reverse KL on-policy
//   k3 = e^x - x - 1   unbiased and never negative
// The straight-through forms have the value of k1 or k3 and the gradient of k2.
#pragma once

#include <optional>
#include <string_view>

namespace assay {

enum class KlEstimator { kK1, kAbs, kK2, kK3, kK1StraightThrough, kK3StraightThrough };

// "k1", "abs", "k2", "k3", "k1+", "k3+"; verl's "kl", "mse" and "low_var_kl" are k1, k2 and k3.
std::optional<KlEstimator> ParseKlEstimator(std::string_view name);

struct KlTerm {
  double value = 0;
  double gradient = 0;  // d value / d log p
};

// One token. Log-ratios beyond +-20 count as +-20, so that a token the policy has left for good
// gives a large finite term; the gradient there is that of the clamped value.
KlTerm Kl(KlEstimator estimator, double logp, double reference_logp);

}  // namespace assay
