// Powers of a prime in a factorial.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::int64_t> primes = {2, 3, 5, 7, 11, 13};
  const std::int64_t p = rng.Pick(primes);
  const std::int64_t n = rng.Int(ByLevel(level, 10, 1000), ByLevel(level, 60, 20'000));
  std::int64_t answer = 0;
  for (std::int64_t power = p; power <= n; power *= p) answer += n / power;
  if (answer < 2 || n / p == answer) return std::nullopt;
  const bool zeros = p == 5;
  const std::vector<std::string> plain = {
      "What is the largest k for which \\({p}^k\\) divides \\({n}!\\)?",
      "How often does the prime {p} occur in the prime factorisation of \\({n}!\\)?"};
  const std::vector<std::string> ends = {
      "With how many zeros does \\({n}!\\) end when it is written in base ten?"};
  return MathDraft(rng,
                   {zeros ? ends : plain,
                    {{"p", std::to_string(p)}, {"n", std::to_string(n)}},
                    std::to_string(answer),
                    "number theory",
                    std::to_string(p) + " in " + std::to_string(n) + "!",
                    {std::to_string(n / p), std::to_string(answer + 1), std::to_string(answer - 1)},
                    {{"p", p}, {"n", n}}});
}

// Takes the factors of each number up to n.
std::optional<std::string> Prove(const Draft& draft) {
  const auto p = draft.params["p"].get<std::int64_t>();
  std::int64_t count = 0;
  for (auto n = draft.params["n"].get<std::int64_t>(); n > 0; --n) {
    for (std::int64_t rest = n; rest % p == 0; rest /= p) ++count;
  }
  return Agree(draft, count, "factoring each number");
}

}  // namespace

Family FactorialExponent() {
  return {"factorial_exponent",
          "math",
          "Powers of a prime in a factorial",
          "Legendre, Essai sur la theorie des nombres (1808)",
          Generate,
          Prove};
}

}  // namespace assay
