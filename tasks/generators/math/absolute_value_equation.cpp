// Equations with absolute values.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::string Pair(const Ratio& a, const Ratio& b) { return Tex(a) + ", " + Tex(b); }

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 8, 40);
  const std::int64_t a = rng.Int(1, ByLevel(level, 1, 7));
  const std::int64_t b = rng.Int(-size, size);
  const std::int64_t outer = level < 5 ? 1 : rng.Int(2, 6);
  const std::int64_t shift = level < 3 ? 0 : rng.Int(-size, size);
  const std::int64_t inside = rng.Int(1, size);
  const std::int64_t right = outer * inside + shift;
  const Ratio low(-inside - b, a);
  const Ratio high(inside - b, a);
  if (b == 0 || (level < 7 && !(low.whole() && high.whole()))) return std::nullopt;
  const std::string formula =
      (outer == 1 ? "" : std::to_string(outer)) + "|" + PolynomialTex({b, a}) + "|" +
      (shift == 0 ? "" : " " + Signed(shift)) + " = " + std::to_string(right);
  return MathDraft(rng, {{"Find all solutions of \\({f}\\), separated by a comma.",
                          "Solve \\({f}\\). Give both values of x, separated by a comma."},
                         {{"f", formula}},
                         Pair(low, high),
                         "algebra",
                         formula,
                         {Pair(low, high + 1), Tex(high),
                          Pair(Ratio() - low == high ? low + 2 : Ratio() - low, high)},
                         {{"a", a},
                          {"b", b},
                          {"outer", outer},
                          {"shift", shift},
                          {"right", right},
                          {"roots", {low.top, low.bottom, high.top, high.bottom}}}});
}

// Substitutes both values, each multiplied up to a whole number.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  const auto r = draft.params["roots"].get<std::vector<std::int64_t>>();
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    const std::int64_t inside = get("a") * r[i] + get("b") * r[i + 1];
    if (get("outer") * std::abs(inside) + get("shift") * r[i + 1] != get("right") * r[i + 1])
      return "not a solution";
  }
  if (r[0] * r[3] == r[2] * r[1]) return "the two solutions are one";
  return Agree(draft, Pair(Ratio(r[0], r[1]), Ratio(r[2], r[3])), "substitution");
}

}  // namespace

Family AbsoluteValueEquation() {
  return {"absolute_value_equation",
          "math",
          "Equations with absolute values",
          "Weierstrass: the absolute value as a distance",
          Generate,
          Prove};
}

}  // namespace assay
