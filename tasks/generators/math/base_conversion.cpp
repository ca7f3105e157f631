// Numbers in other bases.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::string Digits(std::int64_t number, std::int64_t base) {
  std::string digits;
  for (; number > 0; number /= base)
    digits.insert(digits.begin(), "0123456789abcdef"[number % base]);
  return digits;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t base = level < 4 ? 2 : rng.Int(3, 9);
  const std::int64_t other = level < 7 ? 10 : rng.Int(2, 9);
  const std::int64_t number = rng.Int(ByLevel(level, 5, 5000), ByLevel(level, 40, 200'000));
  const bool from_ten = level < 7 && rng.Chance(0.5);
  const std::int64_t from = from_ten ? 10 : base;
  const std::int64_t to = from_ten ? base : other;
  if (from == to) return std::nullopt;
  return MathDraft(
      rng,
      {{"The number {digits} is written in base {from}. Write it in base {to} (digits only).",
        "Convert \\({digits}_{{from}}\\) to base {to}. Give only its digits.",
        "Which string of base-{to} digits stands for the same number as {digits} in base {from}?"},
       {{"digits", Digits(number, from)},
        {"from", std::to_string(from)},
        {"to", std::to_string(to)}},
       Digits(number, to),
       "number theory",
       Digits(number, from) + " " + std::to_string(from) + " " + std::to_string(to),
       {Digits(number + 1, to), Digits(number, from), Digits(number, to) + "0"},
       {{"digits", Digits(number, from)}, {"from", from}, {"to", to}}});
}

// Reads both strings by Horner's rule: they must stand for one number.
std::optional<std::string> Prove(const Draft& draft) {
  const auto value = [](const std::string& digits, std::int64_t base) {
    std::int64_t number = 0;
    for (const char digit : digits) number = number * base + (digit - '0');
    return number;
  };
  const auto from =
      value(draft.params["digits"].get<std::string>(), draft.params["from"].get<std::int64_t>());
  if (value(draft.reference, draft.params["to"].get<std::int64_t>()) == from) return std::nullopt;
  return "the two strings stand for different numbers";
}

}  // namespace

Family BaseConversion() {
  return {"base_conversion",
          "math",
          "Numbers in other bases",
          "Positional notation (Leibniz, 1703, for base two)",
          Generate,
          Prove};
}

}  // namespace assay
