// Largest and smallest values of quadratics.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 6, 30);
  const std::int64_t a = rng.Int(1, ByLevel(level, 1, 7)) * (rng.Chance(0.5) ? 1 : -1);
  const std::int64_t b = rng.Int(-2 * size, 2 * size);
  const std::int64_t c = rng.Int(-size, size);
  const Ratio value = Ratio(c) - Ratio(b * b, 4 * a);
  if (b == 0 || (level < 4 && !value.whole()) || (level > 6 && value.whole())) return std::nullopt;
  const std::string formula = PolynomialTex({c, b, a});
  const std::string what = a > 0 ? "smallest" : "largest";
  return MathDraft(
      rng, {{"What is the {what} value of \\({f}\\) over all real x? Give it exactly.",
             "Find the exact {what} value that \\(f(x) = {f}\\) takes on the real numbers."},
            {{"what", what}, {"f", formula}},
            Tex(value),
            "optimisation",
            formula,
            {Tex(Ratio(-b, 2 * a) == value ? value + 1 : Ratio(-b, 2 * a)),
             Tex(Ratio(c) + Ratio(b * b, 4 * a)), Tex(value + 1)},
            {{"a", a}, {"b", b}, {"c", c}}});
}

// At the extreme value v the equation a x^2 + b x + c = v has exactly one solution.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  const Ratio x(-get("b"), 2 * get("a"));
  const Ratio value = (Ratio(get("a")) * x + get("b")) * x + get("c");
  const Ratio discriminant =
      Ratio(get("b") * get("b")) - Ratio(4 * get("a")) * (Ratio(get("c")) - value);
  if (!(discriminant == Ratio(0))) return "the line touches in more than one point";
  return Agree(draft, value, "the touching line");
}

}  // namespace

Family QuadraticExtremum() {
  return {"quadratic_extremum",
          "math",
          "Largest and smallest values of quadratics",
          "Fermat, Methodus ad disquirendam maximam et minimam",
          Generate,
          Prove};
}

}  // namespace assay
