// Both solutions of a quadratic equation.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::string Solutions(const Ratio& a, const Ratio& b) { return Tex(a) + ", " + Tex(b); }

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 6, 30);
  const std::int64_t p = level < 5 ? 1 : rng.Int(1, ByLevel(level, 2, 7));
  const std::int64_t q = level < 5 ? 1 : rng.Int(1, ByLevel(level, 2, 7));
  const Ratio first(rng.Int(-size, size), p);
  const Ratio second(rng.Int(-size, size), q);
  if (first == second || first.top == 0 || second.top == 0) return std::nullopt;
  if (level >= 7 && first.whole() && second.whole()) return std::nullopt;
  // (p' x - t)(q' x - s) with the reduced fractions.
  const std::vector<std::int64_t> equation = {
      first.top * second.top, -(first.top * second.bottom + second.top * first.bottom),
      first.bottom * second.bottom};
  const std::string formula = PolynomialTex(equation) + " = 0";
  return MathDraft(
      rng,
      {{"Find all solutions of \\({formula}\\). List them separated by a comma.",
        "Solve \\({formula}\\) over the real numbers and give both solutions, separated by a "
        "comma.",
        "Which values of x satisfy \\({formula}\\)? Give all of them, separated by commas."},
       {{"formula", formula}},
       Solutions(first, second),
       "algebra",
       formula,
       {Solutions(Ratio() - first, second), Solutions(first, second + 1), Tex(first)},
       {{"equation", equation}, {"roots", {first.top, first.bottom, second.top, second.bottom}}}});
}

// Puts each solution in; a quadratic has no third one.
std::optional<std::string> Prove(const Draft& draft) {
  const auto e = draft.params["equation"].get<std::vector<std::int64_t>>();
  const auto r = draft.params["roots"].get<std::vector<std::int64_t>>();
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    if (e[2] * r[i] * r[i] + e[1] * r[i] * r[i + 1] + e[0] * r[i + 1] * r[i + 1] != 0)
      return "not a solution";
  }
  return Agree(draft, Solutions(Ratio(r[0], r[1]), Ratio(r[2], r[3])), "substitution");
}

}  // namespace

Family QuadraticRoots() {
  return {"quadratic_roots",     "math",   "Both solutions of a quadratic equation",
          "al-Khwarizmi; Vieta", Generate, Prove};
}

}  // namespace assay
