// Logarithms without a calculator.
#include <cmath>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::int64_t> bases = {2, 3, 5, 6, 7, 10};
  const std::int64_t root = rng.Pick(bases);
  const int below = static_cast<int>(level < 4 ? 1 : rng.Int(1, 4));
  const int above = static_cast<int>(rng.Int(level < 3 ? 2 : 1, ByLevel(level, 5, 7)));
  const int divisor = static_cast<int>(level < 6 ? 0 : rng.Int(0, 5));
  const int extra = static_cast<int>(level < 8 ? 0 : rng.Int(1, 3));
  const Ratio answer(above - divisor + extra, below);
  if (root > 3 && (above > 5 || below > 3)) return std::nullopt;
  if (answer == Ratio(0) || answer == Ratio(1)) return std::nullopt;
  const std::string base = std::to_string(PowerOf(root, below));
  const std::string log = "\\log_{" + base + "}";
  std::string formula =
      log + "\\left(" + Tex(Ratio(PowerOf(root, above), PowerOf(root, divisor))) + "\\right)";
  if (extra > 0)
    formula += " + " + log + "\\left(" + std::to_string(PowerOf(root, extra)) + "\\right)";
  return MathDraft(rng, {{"Compute \\({f}\\) exactly.", "What is the exact value of \\({f}\\)?"},
                         {{"f", formula}},
                         Tex(answer),
                         "algebra",
                         formula,
                         {Tex(answer + 1), Tex(Ratio() - answer),
                          Tex(Ratio(1) / answer == answer ? answer + 2 : Ratio(1) / answer)},
                         {{"root", root},
                          {"below", below},
                          {"above", above},
                          {"divisor", divisor},
                          {"extra", extra}}});
}

// Raises: base^(answer) must give the argument, in whole numbers.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<int>(); };
  const auto logarithm = [&](int power) {
    return std::log(static_cast<long double>(PowerOf(get("root"), power)));
  };
  const long double found =
      (logarithm(get("above")) - logarithm(get("divisor")) + logarithm(get("extra"))) /
      logarithm(get("below"));
  for (std::int64_t bottom = 1; bottom <= 4; ++bottom) {
    const auto top =
        static_cast<std::int64_t>(std::llround(found * static_cast<long double>(bottom)));
    if (std::fabs(found - static_cast<long double>(top) / static_cast<long double>(bottom)) <
        1e-12L)
      return Agree(draft, Ratio(top, bottom), "the library");
  }
  return "not a fraction with a small denominator";
}

}  // namespace

Family LogarithmEquation() {
  return {"logarithm_equation",
          "math",
          "Logarithms without a calculator",
          "Napier, Mirifici logarithmorum canonis descriptio (1614)",
          Generate,
          Prove};
}

}  // namespace assay
