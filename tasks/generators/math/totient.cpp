// Numbers coprime to n.
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::int64_t Totient(std::int64_t n) {
  std::int64_t result = n;
  for (std::int64_t p = 2; p * p <= n; ++p) {
    if (n % p != 0) continue;
    result -= result / p;
    while (n % p == 0) n /= p;
  }
  return n > 1 ? result - result / n : result;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t n = rng.Int(ByLevel(level, 10, 2000), ByLevel(level, 60, 40'000));
  const std::int64_t answer = Totient(n);
  if (answer == n - 1) return std::nullopt;
  return MathDraft(rng,
                   {{"How many of the whole numbers from 1 to {n} have no common factor with {n} "
                     "greater than 1?",
                     "Find \\(\\varphi({n})\\), where \\(\\varphi\\) is Euler's totient function.",
                     "How many fractions \\(\\frac{k}{{n}}\\) with \\(1 \\le k \\le {n}\\) are in "
                     "lowest terms?"},
                    {{"n", std::to_string(n)}},
                    std::to_string(answer),
                    "number theory",
                    std::to_string(n),
                    {std::to_string(n - answer), std::to_string(answer + 1), std::to_string(n - 1)},
                    {{"n", n}}});
}

// Counts by the definition.
std::optional<std::string> Prove(const Draft& draft) {
  const auto n = draft.params["n"].get<std::int64_t>();
  std::int64_t count = 0;
  for (std::int64_t k = 1; k <= n; ++k) count += std::gcd(k, n) == 1 ? 1 : 0;
  return Agree(draft, count, "counting");
}

}  // namespace

Family Totient() {
  return {"totient",
          "math",
          "Numbers coprime to n",
          "Euler, Theoremata arithmetica nova methodo demonstrata (1763)",
          Generate,
          Prove};
}

}  // namespace assay
