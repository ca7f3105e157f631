// Derivative of a product or composition at a point.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Poly = std::vector<std::int64_t>;

std::int64_t At(const Poly& p, std::int64_t x) {
  std::int64_t value = 0;
  for (std::size_t i = p.size(); i-- > 0;) value = value * x + p[i];
  return value;
}

Poly Derived(const Poly& p) {
  Poly d;
  for (std::size_t i = 1; i < p.size(); ++i) d.push_back(static_cast<std::int64_t>(i) * p[i]);
  if (d.empty()) d.push_back(0);
  return d;
}

Poly Random(Rng& rng, int degree, std::int64_t size) {
  Poly p;
  for (int i = 0; i <= degree; ++i) p.push_back(rng.Int(-size, size));
  if (p.back() == 0) p.back() = 1;
  return p;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 3, 7);
  const int kind = level < 4 ? 0 : static_cast<int>(rng.Int(1, 2));  // polynomial, product, power
  const Poly p = Random(rng, kind == 0 ? ByLevel(level, 2, 9) : 2, size);
  const Poly q = Random(rng, level < 8 ? 1 : 2, size);
  const int n = ByLevel(level, 2, 5);
  const std::int64_t x = rng.Int(-2, 3);
  std::string formula = PolynomialTex(p);
  std::int64_t value = At(Derived(p), x);
  if (kind == 1) {
    formula = "(" + PolynomialTex(p) + ")(" + PolynomialTex(q) + ")";
    value = At(Derived(p), x) * At(q, x) + At(p, x) * At(Derived(q), x);
  } else if (kind == 2) {
    formula = "(" + PolynomialTex(p) + ")^{" + std::to_string(n) + "}";
    value = n * PowerOf(At(p, x), n - 1) * At(Derived(p), x);
  }
  if (value == 0 || std::abs(value) > 100'000'000) return std::nullopt;
  return MathDraft(rng, {{"Let \\(f(x) = {f}\\). Compute \\(f'({x})\\).",
                          "Find the slope of the graph of \\(f(x) = {f}\\) at \\(x = {x}\\).",
                          "What is the derivative of \\({f}\\) at \\(x = {x}\\)?"},
                         {{"f", formula}, {"x", std::to_string(x)}},
                         std::to_string(value),
                         "calculus",
                         formula + " at " + std::to_string(x),
                         {std::to_string(-value), std::to_string(value + 1),
                          std::to_string(At(p, x) == value ? value + 2 : At(p, x))},
                         {{"p", p}, {"q", q}, {"n", n}, {"kind", kind}, {"x", x}}});
}

// Dual numbers: value and slope carried through the formula together.
struct Dual {
  std::int64_t value;
  std::int64_t slope;
};
Dual Mul(Dual a, Dual b) { return {a.value * b.value, a.value * b.slope + a.slope * b.value}; }
Dual Run(const Poly& p, std::int64_t x) {
  Dual sum{0, 0};
  for (std::size_t i = p.size(); i-- > 0;) {
    sum = Mul(sum, {x, 1});
    sum.value += p[i];
  }
  return sum;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto x = draft.params["x"].get<std::int64_t>();
  const auto kind = draft.params["kind"].get<int>();
  const Dual p = Run(draft.params["p"].get<Poly>(), x);
  Dual result = p;
  if (kind == 1) result = Mul(p, Run(draft.params["q"].get<Poly>(), x));
  if (kind == 2) {
    for (int i = 1; i < draft.params["n"].get<int>(); ++i) result = Mul(result, p);
  }
  return Agree(draft, result.slope, "dual numbers");
}

}  // namespace

Family DerivativeValue() {
  return {"derivative_value",
          "math",
          "Derivative of a product or composition at a point",
          "Leibniz, Nova methodus (1684): product and chain rules",
          Generate,
          Prove};
}

}  // namespace assay
