// The order of a number modulo n.
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const auto n = rng.Int(ByLevel(level, 7, 90), ByLevel(level, 40, 900));
  const auto a = rng.Int(2, std::min<std::int64_t>(n - 2, ByLevel(level, 12, 99)));
  if (std::gcd(a, n) != 1) return std::nullopt;
  std::int64_t order = 1;
  for (auto power = a % n; power != 1; power = power * a % n) ++order;
  if (order < 3) return std::nullopt;
  const std::string modulus = std::to_string(n);
  return MathDraft(
      rng,
      {{"What is the smallest positive integer \\(k\\) with \\({a}^k \\equiv 1 \\pmod{{n}}\\)?",
        "Find the multiplicative order of {a} modulo {n}.",
        "The powers \\({a}, {a}^2, {a}^3, \\dots\\) are divided by {n}. Which is the first "
        "exponent for which "
        "the remainder is 1?"},
       {{"a", std::to_string(a)}, {"n", modulus}},
       std::to_string(order),
       "number theory",
       std::to_string(a) + " mod " + modulus,
       {std::to_string(order + 1), std::to_string(2 * order), std::to_string(order - 1)},
       {{"a", a}, {"n", n}}});
}

// The order divides phi(n): prime factors are taken off it while the power stays 1.
std::optional<std::string> Prove(const Draft& draft) {
  const auto a = draft.params["a"].get<std::int64_t>();
  const auto n = draft.params["n"].get<std::int64_t>();
  std::int64_t order = 0;
  for (std::int64_t i = 1; i < n; ++i) order += std::gcd(i, n) == 1 ? 1 : 0;
  for (std::int64_t p = 2; p <= order; ++p) {
    while (order % p == 0 && PowerMod(a, order / p, n) == 1) order /= p;
  }
  return Agree(draft, order, "Euler's theorem");
}

}  // namespace

Family MultiplicativeOrder() {
  return {"multiplicative_order",
          "math",
          "The order of a number modulo n",
          "Gauss, Disquisitiones Arithmeticae (1801), section III",
          Generate,
          Prove};
}

}  // namespace assay
