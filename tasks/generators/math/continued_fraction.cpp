// Finite continued fractions.
#include <utility>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int depth = ByLevel(level, 2, 6);
  std::vector<std::int64_t> terms;
  for (int i = 0; i <= depth; ++i) terms.push_back(rng.Int(i == 0 ? 0 : 1, ByLevel(level, 5, 9)));
  if (terms.back() < 2) return std::nullopt;
  Ratio value = terms.back();
  std::string formula = std::to_string(terms.back());
  for (std::size_t i = terms.size() - 1; i-- > 0;) {
    value = Ratio(terms[i]) + Ratio(1) / value;
    formula = std::to_string(terms[i]) + " + \\cfrac{1}{" + formula + "}";
  }
  return MathDraft(
      rng, {{"Write \\({f}\\) as a single fraction in lowest terms.",
             "Evaluate the continued fraction \\({f}\\) as an exact fraction."},
            {{"f", formula}},
            Tex(value),
            "arithmetic",
            formula,
            {Tex(Ratio(1) / value), Tex(value + 1), Tex(Ratio(value.top + 1, value.bottom))},
            {{"terms", terms}}});
}

// The recurrence of the convergents, from the front.
std::optional<std::string> Prove(const Draft& draft) {
  std::int64_t top = 1;
  std::int64_t top_before = 0;
  std::int64_t bottom = 0;
  std::int64_t bottom_before = 1;
  for (const auto term : draft.params["terms"].get<std::vector<std::int64_t>>()) {
    top_before = std::exchange(top, term * top + top_before);
    bottom_before = std::exchange(bottom, term * bottom + bottom_before);
  }
  return Agree(draft, Ratio(top, bottom), "the convergents");
}

}  // namespace

Family ContinuedFraction() {
  return {"continued_fraction",
          "math",
          "Finite continued fractions",
          "Bombelli; Huygens on the gears of a planetarium (1680)",
          Generate,
          Prove};
}

}  // namespace assay
