// Sums of geometric sequences.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const bool infinite = level > 5;
  const int terms = ByLevel(level, 3, 9);
  const Ratio first(rng.Int(1, ByLevel(level, 5, 12)), level > 3 ? rng.Int(1, 5) : 1);
  const Ratio ratio = infinite ? Ratio(rng.Int(1, 6) * (rng.Chance(0.5) ? 1 : -1), rng.Int(2, 9))
                               : Ratio(rng.Int(2, 4), level > 3 ? rng.Int(1, 3) : 1);
  if (ratio == Ratio(1) || (infinite && std::abs(ratio.top) >= ratio.bottom)) return std::nullopt;
  Ratio power = 1;
  for (int i = 0; i < terms; ++i) power = power * ratio;
  const Ratio sum = infinite ? first / (Ratio(1) - ratio) : first * (power - 1) / (ratio - 1);
  if (sum.bottom > 100'000'000) return std::nullopt;
  const std::string shown =
      Tex(first) + ", " + Tex(first * ratio) + ", " + Tex(first * ratio * ratio);
  const std::vector<std::string> endless = {
      "Find the sum of the infinite geometric series whose first terms are \\({shown}\\).",
      "A geometric sequence begins \\({shown}\\) and goes on for ever. To what value does its sum "
      "converge?"};
  const std::vector<std::string> finite = {
      "Find the sum of the first {n} terms of the geometric sequence \\({shown}, \\dots\\).",
      "A geometric sequence begins \\({shown}\\). What do its first {n} terms add up to?"};
  return MathDraft(rng, {infinite ? endless : finite,
                         {{"shown", shown}, {"n", std::to_string(terms)}},
                         Tex(sum),
                         "series",
                         shown + " " + std::to_string(infinite ? 0 : terms),
                         {Tex(sum + 1), Tex(sum - first), Tex(first / (Ratio(1) + ratio * ratio))},
                         {{"first", {first.top, first.bottom}},
                          {"ratio", {ratio.top, ratio.bottom}},
                          {"terms", terms},
                          {"infinite", infinite}}});
}

// Finite: adds term by term. Infinite: S = first + ratio * S must hold.
std::optional<std::string> Prove(const Draft& draft) {
  const auto f = draft.params["first"].get<std::vector<std::int64_t>>();
  const auto r = draft.params["ratio"].get<std::vector<std::int64_t>>();
  const Ratio first(f[0], f[1]);
  const Ratio ratio(r[0], r[1]);
  if (draft.params["infinite"].get<bool>()) {
    const Ratio sum(f[0] * r[1], f[1] * (r[1] - r[0]));
    if (!(first + ratio * sum == sum)) return "the sum does not reproduce itself";
    return Agree(draft, sum, "the fixed point");
  }
  Ratio sum;
  Ratio term = first;
  for (int i = 0; i < draft.params["terms"].get<int>(); ++i) {
    sum = sum + term;
    term = term * ratio;
  }
  return Agree(draft, sum, "adding term by term");
}

}  // namespace

Family GeometricSeries() {
  return {"geometric_series",
          "math",
          "Sums of geometric sequences",
          "Euclid, Elements IX, proposition 35",
          Generate,
          Prove};
}

}  // namespace assay
