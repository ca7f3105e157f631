// Extremes by the inequality of the means: a x + b / x, and x^p (s - x)^q.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> SumDraft(Rng& rng, int level) {
  // a b is a square, so the least value 2 sqrt(a b) + c is whole.
  const auto u = rng.Int(1, ByLevel(level, 3, 9));
  const auto v = rng.Int(2, ByLevel(level, 6, 14));
  const auto w = rng.Int(1, 6);
  const auto a = u * u * w;
  const auto b = v * v * w;
  const auto c = level <= 1 ? 0 : rng.Int(-20, 20);
  const auto value = 2 * u * v * w + c;
  std::string formula =
      (a == 1 ? "" : std::to_string(a)) + "x + \\frac{" + std::to_string(b) + "}{x}";
  if (c != 0) formula += " " + Signed(c);
  return MathDraft(
      rng, {{"Find the smallest value of \\({f}\\) for real \\(x > 0\\).",
             "What is the minimum of \\(f(x) = {f}\\) over all positive real numbers \\(x\\)?",
             "Let \\(x\\) be a positive real number. How small can \\({f}\\) be?"},
            {{"f", formula}},
            std::to_string(value),
            "inequalities",
            formula,
            {std::to_string(a + b + c + (u == v ? 1 : 0)), std::to_string(value + 1),
             std::to_string(value - u * v * w)},
            {{"a", a}, {"b", b}, {"c", c}}});
}

std::optional<Draft> ProductDraft(Rng& rng, int level) {
  const auto p = rng.Int(1, level <= 7 ? 2 : 3);
  const auto q = rng.Int(1, level <= 7 ? 2 : 3);
  if (p == 1 && q == 1) return std::nullopt;
  const auto unit = rng.Int(1, ByLevel(level, 4, 7));
  const auto s = unit * (p + q);
  const auto value = PowerOf(p * unit, int(p)) * PowerOf(q * unit, int(q));
  const auto power = [](const char* name, std::int64_t e) {
    return std::string(name) + (e == 1 ? "" : "^" + std::to_string(e));
  };
  const std::string formula = power("x", p) + " " + power("y", q);
  const auto half = Ratio(s, 2);
  Ratio middle = 1;
  for (std::int64_t i = 0; i < p + q; ++i) middle = middle * half;
  return MathDraft(
      rng,
      {{"Non-negative real numbers \\(x\\) and \\(y\\) have the sum {s}. What is the largest "
        "possible value of \\({f}\\)?",
        "Maximise \\({f}\\) subject to \\(x + y = {s}\\) with real \\(x, y \\ge 0\\). Give the "
        "maximum.",
        "If \\(x, y \\ge 0\\) are real and \\(x + y = {s}\\), how large can \\({f}\\) be?"},
       {{"s", std::to_string(s)}, {"f", formula}},
       std::to_string(value),
       "inequalities",
       formula + " " + std::to_string(s),
       {Tex(p == q ? middle + 1 : middle), std::to_string(value + 1), std::to_string(2 * value)},
       {{"p", p}, {"q", q}, {"s", s}}});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  return level <= 4 || (level <= 6 && rng.Chance(0.4)) ? SumDraft(rng, level)
                                                       : ProductDraft(rng, level);
}

// m is the least value of a x + b / x + c if a x^2 + (c - m) x + b has a double positive root. The
// product is compared on a fine grid that contains the place of the maximum.
std::optional<std::string> Prove(const Draft& draft) {
  const auto value = std::stoll(draft.reference);
  const Json& params = draft.params;
  if (params.contains("a")) {
    const auto a = params["a"].get<std::int64_t>();
    const auto b = params["b"].get<std::int64_t>();
    const auto middle = value - params["c"].get<std::int64_t>();
    if (middle > 0 && middle * middle == 4 * a * b) return std::nullopt;
    return "the discriminant is not 0";
  }
  const auto p = params["p"].get<int>();
  const auto q = params["q"].get<int>();
  const auto s = params["s"].get<std::int64_t>();
  constexpr std::int64_t kFine = 12;
  std::int64_t best = 0;
  for (std::int64_t x = 0; x <= s * kFine; ++x)
    best = std::max(best, PowerOf(x, p) * PowerOf(s * kFine - x, q));
  return Agree(draft, Ratio(best, PowerOf(kFine, p + q)), "a grid");
}

}  // namespace

Family WeightedProduct() {
  return {"weighted_product",
          "math",
          "Extremes of sums and products of positive numbers",
          "Inequality of the arithmetic and geometric means (Cauchy, 1821)",
          Generate,
          Prove};
}

}  // namespace assay
