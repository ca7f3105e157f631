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
      rng,
      {{"Find the smallest value of \\({f}\\) for real \\(x > 0\\).",
        "What is the minimum of \\(f(x) = {f}\\) over all positive real numbers \\(x\\)?",
        "Let \\(x\\) be a positive real number. How small can \\({f}\\) be?"},
       {{"f", formula}},
       std::to_string(value),
       "inequalities",
       formula,
       {std::to_string(a + b + c), std::to_string(value + 1), std::to_string(value - u * v * w)},
       {{"a", a}, {"b", b}, {"c", c}}});
}

std::optional<Draft> ProductDraft(Rng& rng, int level) {
  const auto p = rng.Int(1, level <= 7 ? 2 : 3);
  const auto q = rng.Int(1, level <= 7 ? 2 : 3);
  const auto a = rng.Int(1, ByLevel(level, 2, 5));
  const auto b = rng.Int(1, ByLevel(level, 2, 5));
  if (p == 1 && q == 1 && a == b) return std::nullopt;
  const auto s = rng.Int(2, ByLevel(level, 6, 12)) * (p + q);
  // The largest value is taken where a x : b y = p : q.
  const Ratio x(s * p, (p + q) * a);
  const Ratio y(s * q, (p + q) * b);
  const auto product = [&](const Ratio& left, const Ratio& right) {
    Ratio value = 1;
    for (std::int64_t i = 0; i < p; ++i) value = value * left;
    for (std::int64_t i = 0; i < q; ++i) value = value * right;
    return value;
  };
  const Ratio value = product(x, y);
  const auto times = [](std::int64_t factor, const char* name) {
    return (factor == 1 ? "" : std::to_string(factor)) + name;
  };
  const auto power = [](const char* name, std::int64_t e) {
    return std::string(name) + (e == 1 ? "" : "^" + std::to_string(e));
  };
  const std::string formula = power("x", p) + " " + power("y", q);
  const std::string sum = times(a, "x") + " + " + times(b, "y") + " = " + std::to_string(s);
  const Ratio halves = product(Ratio(s, 2 * a), Ratio(s, 2 * b));
  return MathDraft(
      rng,
      {{"Non-negative real numbers \\(x\\) and \\(y\\) satisfy \\({s}\\). What is the largest "
        "possible value of \\({f}\\)?",
        "Maximise \\({f}\\) subject to \\({s}\\) with real \\(x, y \\ge 0\\). Give the maximum.",
        "If \\(x, y \\ge 0\\) are real and \\({s}\\), how large can \\({f}\\) be?"},
       {{"s", sum}, {"f", formula}},
       Tex(value),
       "inequalities",
       formula + " " + sum,
       {Tex(halves), Tex(value + 1), Tex(value * 2)},
       {{"p", p}, {"q", q}, {"coefficients", {a, b}}, {"s", s}}});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  return level <= 4 || (level <= 6 && rng.Chance(0.4)) ? SumDraft(rng, level)
                                                       : ProductDraft(rng, level);
}

// m is the least value of a x + b / x + c if a x^2 + (c - m) x + b has a double positive root. The
// product is compared on a grid of x that contains the place of the maximum.
std::optional<std::string> Prove(const Draft& draft) {
  const Json& params = draft.params;
  if (params.contains("a")) {
    const auto middle = std::stoll(draft.reference) - params["c"].get<std::int64_t>();
    if (middle > 0 &&
        middle * middle == 4 * params["a"].get<std::int64_t>() * params["b"].get<std::int64_t>()) {
      return std::nullopt;
    }
    return "the discriminant is not 0";
  }
  const auto p = params["p"].get<int>();
  const auto q = params["q"].get<int>();
  const auto s = params["s"].get<std::int64_t>();
  const auto coefficients = params["coefficients"].get<std::vector<std::int64_t>>();
  constexpr std::int64_t kFine = 60;  // x = s i / (a kFine), y = s (kFine - i) / (b kFine)
  std::int64_t best = 0;
  for (std::int64_t i = 0; i <= kFine; ++i)
    best = std::max(best, PowerOf(i, p) * PowerOf(kFine - i, q));
  const Ratio unit(best, PowerOf(kFine, p + q));
  return Agree(draft,
               unit * Ratio(PowerOf(s, p), PowerOf(coefficients[0], p)) *
                   Ratio(PowerOf(s, q), PowerOf(coefficients[1], q)),
               "a grid");
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
