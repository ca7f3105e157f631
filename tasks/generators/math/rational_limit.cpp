// Limits of fractions that become 0/0.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Poly = std::vector<std::int64_t>;

Poly Mul(const Poly& a, const Poly& b) {
  Poly product(a.size() + b.size() - 1, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) product[i + j] += a[i] * b[j];
  }
  return product;
}

std::int64_t At(const Poly& p, std::int64_t x) {
  std::int64_t value = 0;
  for (std::size_t i = p.size(); i-- > 0;) value = value * x + p[i];
  return value;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 4, 9);
  const std::int64_t at = rng.Int(-ByLevel(level, 3, 6), ByLevel(level, 3, 6));
  const int degree = level < 5 ? 1 : 2;
  Poly top;
  Poly bottom;
  for (int i = 0; i <= degree; ++i) top.push_back(rng.Int(-size, size));
  for (int i = 0; i <= (level < 3 ? 0 : degree); ++i) bottom.push_back(rng.Int(-size, size));
  if (top.back() == 0 || bottom.back() == 0 || At(top, at) == 0 || At(bottom, at) == 0 ||
      (level < 3 && bottom[0] != 1))
    return std::nullopt;
  Poly factor = {-at, 1};
  if (level > 7) factor = Mul(factor, factor);
  const Ratio value(At(top, at), At(bottom, at));
  const Poly up = Mul(top, factor);
  const Poly down = Mul(bottom, factor);
  const std::string formula = "\\lim_{x \\to " + std::to_string(at) + "} \\frac{" +
                              PolynomialTex(up) + "}{" + PolynomialTex(down) + "}";
  return MathDraft(rng, {{"Compute \\({f}\\).", "Find the limit \\({f}\\).",
                          "What value does the expression approach: \\({f}\\)?"},
                         {{"f", formula}},
                         Tex(value),
                         "calculus",
                         formula,
                         {Tex(value + 1), Tex(Ratio() - value), "0"},
                         {{"up", up}, {"down", down}, {"at", at}}});
}

// Differentiates top and bottom until the bottom no longer vanishes.
std::optional<std::string> Prove(const Draft& draft) {
  const auto at = draft.params["at"].get<std::int64_t>();
  auto up = draft.params["up"].get<Poly>();
  auto down = draft.params["down"].get<Poly>();
  const auto derive = [](const Poly& p) {
    Poly d;
    for (std::size_t i = 1; i < p.size(); ++i) d.push_back(static_cast<std::int64_t>(i) * p[i]);
    return d;
  };
  while (!down.empty() && At(down, at) == 0) {
    if (At(up, at) != 0) return "the expression has a pole";
    up = derive(up);
    down = derive(down);
  }
  if (down.empty()) return "the bottom vanishes everywhere";
  return Agree(draft, Ratio(At(up, at), At(down, at)), "l'Hopital's rule");
}

}  // namespace

Family RationalLimit() {
  return {"rational_limit",
          "math",
          "Limits of fractions that become 0/0",
          "L'Hopital, Analyse des infiniment petits (1696)",
          Generate,
          Prove};
}

}  // namespace assay
