// Sums that telescope.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t gap = level < 4 ? 1 : rng.Int(1, ByLevel(level, 2, 5));
  const std::int64_t start = rng.Int(1, ByLevel(level, 2, 8));
  const std::int64_t terms = rng.Int(ByLevel(level, 4, 20), ByLevel(level, 20, 200));
  const std::int64_t end = start + terms * gap;
  // sum of 1 / (n (n + gap)) over n = start, start + gap, …
  const Ratio sum = (Ratio(1, start) - Ratio(1, end)) / gap;
  const auto part = [](std::int64_t a, std::int64_t b) {
    return "\\frac{1}{" + std::to_string(a) + " \\cdot " + std::to_string(b) + "}";
  };
  const std::string formula = part(start, start + gap) + " + " +
                              part(start + gap, start + 2 * gap) + " + \\dots + " +
                              part(end - gap, end);
  return MathDraft(
      rng, {{"Compute \\({f}\\) as an exact fraction.",
             "Find the exact value of the sum \\({f}\\), in which the first factor grows by {gap} "
             "from term to term."},
            {{"f", formula}, {"gap", std::to_string(gap)}},
            Tex(sum),
            "series",
            formula,
            {Tex(sum * gap + (gap == 1 ? 1 : 0)), Tex(Ratio(1, start) - Ratio(1, end + gap) == sum
                                                          ? sum + 1
                                                          : Ratio(1, start) - Ratio(1, end + gap))},
            {{"start", start}, {"gap", gap}, {"terms", terms}}});
}

// By induction: the claimed partial sums differ by the terms.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  const std::int64_t start = get("start");
  const std::int64_t gap = get("gap");
  // After k terms the sum is k / (start (start + k gap)).
  for (std::int64_t k = 1; k <= get("terms"); ++k) {
    const std::int64_t n = start + (k - 1) * gap;
    const Ratio before(k - 1, start * n);
    const Ratio after(k, start * (n + gap));
    if (!(after - before == Ratio(1, n * (n + gap)))) return "the partial sums do not fit";
  }
  return Agree(draft, Ratio(get("terms"), start * (start + get("terms") * gap)), "induction");
}

}  // namespace

Family TelescopingSum() {
  return {"telescoping_sum",
          "math",
          "Sums that telescope",
          "Mengoli, Novae quadraturae arithmeticae (1650)",
          Generate,
          Prove};
}

}  // namespace assay
