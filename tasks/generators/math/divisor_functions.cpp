// Number and sum of divisors.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Divisors {
  std::int64_t count = 1;
  std::int64_t sum = 1;
};

Divisors FromFactors(std::int64_t n) {
  Divisors all;
  for (std::int64_t p = 2; n > 1; ++p) {
    if (p * p > n) p = n;
    std::int64_t exponents = 1;
    std::int64_t powers = 1;
    for (std::int64_t power = p; n % p == 0; n /= p, power *= p) {
      ++exponents;
      powers += power;
    }
    all.count *= exponents;
    all.sum *= powers;
  }
  return all;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t n = rng.Int(ByLevel(level, 12, 3000), ByLevel(level, 90, 60'000));
  const bool sum = rng.Chance(0.5);
  const Divisors all = FromFactors(n);
  if (all.count < 4 || all.count < level) return std::nullopt;
  const std::int64_t answer = sum ? all.sum : all.count;
  const std::vector<std::string> sums = {
      "What is the sum of all positive divisors of {n}, {n} itself included?",
      "Add up every positive whole number that divides {n}. What is the total?"};
  const std::vector<std::string> counts = {
      "How many positive divisors does {n} have?",
      "In how many ways can {n} be written as an ordered product of two positive whole numbers?"};
  return MathDraft(rng,
                   {sum ? sums : counts,
                    {{"n", std::to_string(n)}},
                    std::to_string(answer),
                    "number theory",
                    (sum ? "sum " : "count ") + std::to_string(n),
                    {std::to_string(sum ? answer - n : answer - 2), std::to_string(answer + 1)},
                    {{"n", n}, {"sum", sum}}});
}

// Tries every number up to n.
std::optional<std::string> Prove(const Draft& draft) {
  const auto n = draft.params["n"].get<std::int64_t>();
  std::int64_t total = 0;
  for (std::int64_t d = 1; d <= n; ++d) {
    if (n % d == 0) total += draft.params["sum"].get<bool>() ? d : 1;
  }
  return Agree(draft, total, "trying every divisor");
}

}  // namespace

Family DivisorFunctions() {
  return {"divisor_functions",
          "math",
          "Number and sum of divisors",
          "Euclid, Elements IX, proposition 36: divisors from the prime factors",
          Generate,
          Prove};
}

}  // namespace assay
