// Definite integrals of polynomials.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Poly = std::vector<std::int64_t>;

std::optional<Draft> Generate(Rng& rng, int level) {
  const int degree = level < 3 ? 1 : (level < 6 ? 2 : (level < 9 ? 3 : 4));
  const std::int64_t size = ByLevel(level, 4, 9);
  Poly p;
  for (int i = 0; i <= degree; ++i) p.push_back(rng.Int(-size, size));
  const std::int64_t from = level < 4 ? 0 : rng.Int(-3, 2);
  const std::int64_t to = from + rng.Int(1, 4);
  if (p.back() == 0) return std::nullopt;
  Ratio value;
  std::int64_t low = 1;
  std::int64_t high = 1;
  for (std::size_t i = 0; i < p.size(); ++i) {
    low *= from;
    high *= to;
    value = value + Ratio(p[i] * (high - low), static_cast<std::int64_t>(i) + 1);
  }
  if (value.top == 0) return std::nullopt;
  const std::string formula = "\\int_{" + std::to_string(from) + "}^{" + std::to_string(to) +
                              "} \\left(" + PolynomialTex(p) + "\\right) \\, dx";
  return MathDraft(rng, {{"Compute \\({f}\\). Give the exact value.",
                          "Evaluate the definite integral \\({f}\\) exactly."},
                         {{"f", formula}},
                         Tex(value),
                         "calculus",
                         formula,
                         {Tex(Ratio() - value), Tex(value + 1), Tex(value + Ratio(1, 2))},
                         {{"p", p}, {"from", from}, {"to", to}}});
}

// Boole's rule, which is exact up to degree five.
std::optional<std::string> Prove(const Draft& draft) {
  const auto p = draft.params["p"].get<Poly>();
  const Ratio from = draft.params["from"].get<std::int64_t>();
  const Ratio width = Ratio(draft.params["to"].get<std::int64_t>()) - from;
  static constexpr std::int64_t kWeights[] = {7, 32, 12, 32, 7};
  Ratio sum;
  for (int i = 0; i <= 4; ++i) {
    const Ratio x = from + width * Ratio(i, 4);
    Ratio value;
    for (std::size_t k = p.size(); k-- > 0;) value = value * x + p[k];
    sum = sum + Ratio(kWeights[i]) * value;
  }
  return Agree(draft, sum * width / 90, "Boole's rule");
}

}  // namespace

Family DefiniteIntegral() {
  return {"definite_integral",
          "math",
          "Definite integrals of polynomials",
          "Cavalieri's quadrature formula; Newton-Cotes rules",
          Generate,
          Prove};
}

}  // namespace assay
