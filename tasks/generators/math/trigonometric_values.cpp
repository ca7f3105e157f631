// Exact values of trigonometric functions.
#include <cmath>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Value {
  const char* tex;
  long double number;
};

// Multiples of 15 degrees, first quadrant: sine. Cosine and tangent follow from it.
const std::vector<Value>& Sines() {
  static const std::vector<Value> sines = {
      {"0", 0.0L},
      {"\\frac{\\sqrt{6} - \\sqrt{2}}{4}", 0.25881904510252076235L},
      {"\\frac{1}{2}", 0.5L},
      {"\\frac{\\sqrt{2}}{2}", 0.70710678118654752440L},
      {"\\frac{\\sqrt{3}}{2}", 0.86602540378443864676L},
      {"\\frac{\\sqrt{6} + \\sqrt{2}}{4}", 0.96592582628906828675L},
      {"1", 1.0L}};
  return sines;
}

std::string Negated(const std::string& tex, bool negative) { return negative ? "-" + tex : tex; }

std::string SineOf(int degrees) {
  const int turn = ((degrees % 360) + 360) % 360;
  const int half = turn % 180;
  const int first = half <= 90 ? half : 180 - half;
  const auto& value = Sines()[static_cast<std::size_t>(first / 15)];
  return Negated(value.tex, turn > 180 && first != 0);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int step = level < 6 ? 30 : 15;
  const int turns = level < 3 ? 90 : (level < 6 ? 360 : (level < 9 ? 720 : 1800));
  int degrees = static_cast<int>(rng.Int(level < 4 ? 0 : -turns / step, turns / step)) * step;
  if (level < 6 && rng.Chance(0.3)) degrees = static_cast<int>(rng.Int(0, turns / 45)) * 45;
  const bool sine = rng.Chance(0.5);
  const std::string value = SineOf(sine ? degrees : degrees + 90);
  if (value == "0") return std::nullopt;
  const Ratio radians(degrees, 180);
  const std::string angle = level > 4 && rng.Chance(0.5) && degrees != 0
                                ? (radians.top < 0 ? "-" : "") + std::string("\\frac{") +
                                      std::to_string(std::abs(radians.top)) + "\\pi}{" +
                                      std::to_string(radians.bottom) + "}"
                                : std::to_string(degrees) + "^\\circ";
  const std::string function = sine ? "\\sin" : "\\cos";
  return MathDraft(rng,
                   {{"What is the exact value of \\({f}\\left({a}\\right)\\)?",
                     "Compute \\({f}\\left({a}\\right)\\) exactly.",
                     "Find \\({f}\\left({a}\\right)\\). Give an exact expression, not a decimal."},
                    {{"f", function}, {"a", angle}},
                    value,
                    "trigonometry",
                    function + angle,
                    {value[0] == '-' ? value.substr(1) : "-" + value, "\\frac{1}{3}"},
                    {{"degrees", degrees}, {"sine", sine}}});
}

// Compares with the functions of the mathematics library.
std::optional<std::string> Prove(const Draft& draft) {
  const auto degrees = static_cast<long double>(draft.params["degrees"].get<int>());
  const long double angle = degrees * 3.14159265358979323846L / 180.0L;
  const long double found = draft.params["sine"].get<bool>() ? std::sin(angle) : std::cos(angle);
  for (const Value& value : Sines()) {
    if (std::fabs(std::fabs(found) - value.number) < 1e-12L)
      return Agree(draft, Negated(value.tex, found < -1e-12L), "the library");
  }
  return "not one of the exact values";
}

}  // namespace

Family TrigonometricValues() {
  return {"trigonometric_values",
          "math",
          "Exact values of trigonometric functions",
          "Ptolemy, Almagest I: the table of chords",
          Generate,
          Prove};
}

}  // namespace assay
