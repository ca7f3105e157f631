// Whole numbers that satisfy an inequality.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int factors = level < 4 ? 1 : (level < 8 ? 2 : 3);
  const std::int64_t size = ByLevel(level, 12, 40);
  std::vector<std::int64_t> roots;
  std::vector<std::int64_t> product = {1};
  for (int i = 0; i < factors; ++i) {
    roots.push_back(rng.Int(-size, size));
    std::vector<std::int64_t> next(product.size() + 1, 0);
    for (std::size_t j = 0; j < product.size(); ++j) {
      next[j] -= roots.back() * product[j];
      next[j + 1] += product[j];
    }
    product = next;
  }
  const std::int64_t slack = factors == 1 ? rng.Int(2, 5) : 1;
  for (auto& c : product) c *= slack;
  const std::int64_t low = -rng.Int(size, 2 * size);
  const std::int64_t high = rng.Int(size, 2 * size);
  std::int64_t answer = 0;
  for (std::int64_t x = low; x <= high; ++x) {
    std::int64_t sign = 1;
    for (const auto root : roots) sign *= x < root ? -1 : (x > root ? 1 : 0);
    answer += sign < 0 ? 1 : 0;
  }
  if (answer < 3) return std::nullopt;
  const std::string formula = PolynomialTex(product) + " < 0";
  return MathDraft(
      rng,
      {{"How many whole numbers x with \\({low} \\le x \\le {high}\\) satisfy \\({f}\\)?",
        "Count the integers x from {low} to {high} for which \\({f}\\)."},
       {{"low", std::to_string(low)}, {"high", std::to_string(high)}, {"f", formula}},
       std::to_string(answer),
       "algebra",
       formula + " " + std::to_string(low) + " " + std::to_string(high),
       {std::to_string(answer + 1), std::to_string(answer - 1),
        std::to_string(high - low + 1 - answer == answer ? answer + 2 : high - low + 1 - answer)},
       {{"coefficients", product}, {"low", low}, {"high", high}}});
}

// Evaluates the polynomial at every number.
std::optional<std::string> Prove(const Draft& draft) {
  const auto c = draft.params["coefficients"].get<std::vector<std::int64_t>>();
  std::int64_t count = 0;
  for (auto x = draft.params["low"].get<std::int64_t>();
       x <= draft.params["high"].get<std::int64_t>(); ++x) {
    std::int64_t value = 0;
    for (std::size_t i = c.size(); i-- > 0;) value = value * x + c[i];
    count += value < 0 ? 1 : 0;
  }
  return Agree(draft, count, "evaluating at every number");
}

}  // namespace

Family IntegerInequality() {
  return {"integer_inequality",         "math",   "Whole numbers that satisfy an inequality",
          "Sign charts of polynomials", Generate, Prove};
}

}  // namespace assay
