// Sums, differences, products and quotients of fractions.
#include <cmath>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

Ratio Apply(char operation, const Ratio& a, const Ratio& b) {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a / b;
  }
}

std::string Symbol(char operation) {
  if (operation == '*') return "\\cdot";
  if (operation == '/') return "\\div";
  return std::string(1, operation);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int terms = level < 4 ? 2 : (level < 8 ? 3 : 4);
  const std::int64_t most = ByLevel(level, 6, 24);
  const std::string operations = level < 3 ? "+-" : "+-*/";
  std::vector<std::int64_t> numbers;
  std::string formula;
  std::string used;
  Ratio value;
  for (int i = 0; i < terms; ++i) {
    const Ratio next(rng.Int(1, most), rng.Int(2, most));
    if (next.whole()) return std::nullopt;
    numbers.push_back(next.top);
    numbers.push_back(next.bottom);
    if (i == 0) {
      formula = Tex(next);
      value = next;
      continue;
    }
    const char operation = rng.Pick(operations);
    used += operation;
    // Brackets from the left, so that the order is never in doubt.
    formula = (i > 1 ? "\\left(" + formula + "\\right)" : formula) + " " + Symbol(operation) + " " +
              Tex(next);
    value = Apply(operation, value, next);
  }
  if (value.whole() || value.bottom > 20'000) return std::nullopt;
  return MathDraft(rng, {{"Compute \\({formula}\\) as a fraction in lowest terms.",
                          "What is \\({formula}\\)? Give an exact fraction.",
                          "Evaluate \\({formula}\\) and simplify."},
                         {{"formula", formula}},
                         Tex(value),
                         "arithmetic",
                         formula,
                         {Tex(Ratio(value.bottom, value.top == 0 ? 1 : value.top)), Tex(value + 1),
                          Tex(Ratio(value.top + 1, value.bottom))},
                         {{"numbers", numbers}, {"operations", used}}});
}

// Works over one unreduced common denominator and compares by cross multiplication.
std::optional<std::string> Prove(const Draft& draft) {
  const auto numbers = draft.params["numbers"].get<std::vector<std::int64_t>>();
  const auto operations = draft.params["operations"].get<std::string>();
  long double value = static_cast<long double>(numbers[0]) / static_cast<long double>(numbers[1]);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const long double next =
        static_cast<long double>(numbers[2 * i + 2]) / static_cast<long double>(numbers[2 * i + 3]);
    if (operations[i] == '+') value += next;
    if (operations[i] == '-') value -= next;
    if (operations[i] == '*') value *= next;
    if (operations[i] == '/') value /= next;
  }
  // Two different fractions with denominators up to 20,000 lie at least 2.5e-9 apart.
  for (std::int64_t bottom = 1; bottom <= 20'000; ++bottom) {
    const auto top =
        static_cast<std::int64_t>(std::llround(value * static_cast<long double>(bottom)));
    if (std::fabs(value - static_cast<long double>(top) / static_cast<long double>(bottom)) <
        1e-12L) {
      return Agree(draft, Ratio(top, bottom), "searching the denominators");
    }
  }
  return "no small fraction has this value";
}

}  // namespace

Family FractionArithmetic() {
  return {"fraction_arithmetic",
          "math",
          "Sums, differences, products and quotients of fractions",
          "Rules of fractions (Rhind papyrus and since)",
          Generate,
          Prove};
}

}  // namespace assay
