// Remainder of a power.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t modulus = rng.Int(5, ByLevel(level, 13, 997));
  const std::int64_t base = rng.Int(2, ByLevel(level, 9, 500));
  const std::int64_t exponent = rng.Int(ByLevel(level, 4, 100), ByLevel(level, 12, 5000));
  const std::int64_t answer = PowerMod(base, exponent, modulus);
  if (base % modulus < 2 || answer < 2) return std::nullopt;
  const std::string power = std::to_string(base) + "^{" + std::to_string(exponent) + "}";
  return MathDraft(
      rng,
      {{"What is the remainder when \\({power}\\) is divided by {m}?",
        "Compute \\({power} \\bmod {m}\\).",
        "Find the least non-negative whole number that is congruent to \\({power}\\) modulo {m}."},
       {{"power", power}, {"m", std::to_string(modulus)}},
       std::to_string(answer),
       "number theory",
       power + " mod " + std::to_string(modulus),
       {std::to_string(PowerMod(base, exponent + 1, modulus)),
        std::to_string(base * exponent % modulus), std::to_string(modulus - answer)},
       {{"base", base}, {"exponent", exponent}, {"modulus", modulus}}});
}

// Multiplies step by step.
std::optional<std::string> Prove(const Draft& draft) {
  const auto modulus = draft.params["modulus"].get<std::int64_t>();
  const auto base = draft.params["base"].get<std::int64_t>();
  std::int64_t value = 1;
  for (auto i = draft.params["exponent"].get<std::int64_t>(); i > 0; --i)
    value = value * base % modulus;
  return Agree(draft, value, "multiplying step by step");
}

}  // namespace

Family ModularPower() {
  return {"modular_power",
          "math",
          "Remainder of a power",
          "Square and multiply; Fermat and Euler on powers modulo m",
          Generate,
          Prove};
}

}  // namespace assay
