// A coefficient of an expanded power.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = static_cast<int>(rng.Int(ByLevel(level, 3, 8), ByLevel(level, 5, 12)));
  const std::int64_t a = rng.Int(1, ByLevel(level, 1, 4));
  const std::int64_t b = rng.Int(1, ByLevel(level, 3, 5)) * (level > 3 && rng.Chance(0.5) ? -1 : 1);
  const int k = static_cast<int>(rng.Int(1, n - 1));
  const std::int64_t answer = Choose(n, k) * PowerOf(a, k) * PowerOf(b, n - k);
  if (std::abs(answer) > 1'000'000'000'000) return std::nullopt;
  const std::string power = "(" + PolynomialTex({b, a}) + ")^{" + std::to_string(n) + "}";
  const std::string term = k == 1 ? "x" : "x^{" + std::to_string(k) + "}";
  return MathDraft(
      rng, {{"What is the coefficient of \\({term}\\) in the expansion of \\({power}\\)?",
             "Expand \\({power}\\). Which number stands before \\({term}\\)?",
             "Find the coefficient of \\({term}\\) in \\({power}\\)."},
            {{"term", term}, {"power", power}},
            std::to_string(answer),
            "algebra",
            power + " " + term,
            {std::to_string(-answer), std::to_string(Choose(n, k)), std::to_string(answer + 1)},
            {{"n", n}, {"a", a}, {"b", b}, {"k", k}}});
}

// Multiplies the factors out, one after the other.
std::optional<std::string> Prove(const Draft& draft) {
  const auto n = draft.params["n"].get<int>();
  const auto a = draft.params["a"].get<std::int64_t>();
  const auto b = draft.params["b"].get<std::int64_t>();
  std::vector<std::int64_t> product = {1};
  for (int i = 0; i < n; ++i) {
    std::vector<std::int64_t> next(product.size() + 1, 0);
    for (std::size_t j = 0; j < product.size(); ++j) {
      next[j] += b * product[j];
      next[j + 1] += a * product[j];
    }
    product = next;
  }
  return Agree(draft, product[draft.params["k"].get<std::size_t>()], "multiplying out");
}

}  // namespace

Family BinomialCoefficient() {
  return {"binomial_coefficient",
          "math",
          "A coefficient of an expanded power",
          "Binomial theorem (al-Karaji, Pascal, Newton)",
          Generate,
          Prove};
}

}  // namespace assay
