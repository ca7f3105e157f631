// Remainder of a polynomial divided by a linear factor.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int degree = ByLevel(level, 2, 6);
  const std::int64_t size = ByLevel(level, 4, 12);
  const std::int64_t at = rng.Int(1, ByLevel(level, 2, 5)) * (rng.Chance(0.5) ? 1 : -1);
  std::vector<std::int64_t> coefficients;
  for (int i = 0; i <= degree; ++i) coefficients.push_back(rng.Int(-size, size));
  if (coefficients.back() == 0 || coefficients.front() == 0) return std::nullopt;
  std::int64_t value = 0;
  for (int i = degree; i >= 0; --i) value = value * at + coefficients[static_cast<std::size_t>(i)];
  const std::string polynomial = PolynomialTex(coefficients);
  const std::string factor = "x " + Signed(-at);
  return MathDraft(rng, {{"What is the remainder when \\({p}\\) is divided by \\({f}\\)?",
                          "Divide \\({p}\\) by \\({f}\\). What constant remainder is left?",
                          "Let \\(P(x) = {p}\\). Compute \\(P({at})\\)."},
                         {{"p", polynomial}, {"f", factor}, {"at", std::to_string(at)}},
                         std::to_string(value),
                         "algebra",
                         polynomial + " at " + std::to_string(at),
                         {std::to_string(value + at), std::to_string(value - coefficients[0]),
                          std::to_string(-value + 1)},
                         {{"coefficients", coefficients}, {"at", at}}});
}

// Sums the terms one power at a time, without Horner's rule.
std::optional<std::string> Prove(const Draft& draft) {
  const auto coefficients = draft.params["coefficients"].get<std::vector<std::int64_t>>();
  const auto at = draft.params["at"].get<std::int64_t>();
  std::int64_t sum = 0;
  std::int64_t power = 1;
  for (const auto c : coefficients) {
    sum += c * power;
    power *= at;
  }
  return Agree(draft, sum, "adding the terms");
}

}  // namespace

Family RemainderTheorem() {
  return {"remainder_theorem",
          "math",
          "Remainder of a polynomial divided by a linear factor",
          "Polynomial remainder theorem (Bezout)",
          Generate,
          Prove};
}

}  // namespace assay
