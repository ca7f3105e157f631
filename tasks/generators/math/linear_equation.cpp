// One unknown, one linear equation; later with brackets and fractions.
#include <numeric>

#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

// a (x + b) + c = d x + e over a common denominator; level decides which of them are in play.
struct Equation {
  std::int64_t a = 1;
  std::int64_t b = 0;
  std::int64_t c = 0;
  std::int64_t d = 0;
  std::int64_t e = 0;
};

std::string Signed(std::int64_t n) {
  return (n < 0 ? "- " : "+ ") + std::to_string(n < 0 ? -n : n);
}

std::string Term(std::int64_t factor) {
  if (factor == 1) return "x";
  if (factor == -1) return "-x";
  return std::to_string(factor) + "x";
}

std::string LeftSide(const Equation& q) {
  std::string text = q.b == 0 ? Term(q.a) : std::to_string(q.a) + "(x " + Signed(q.b) + ")";
  if (q.c != 0) text += " " + Signed(q.c);
  return text;
}

std::string RightSide(const Equation& q) {
  if (q.d == 0) return std::to_string(q.e);
  return Term(q.d) + (q.e == 0 ? "" : " " + Signed(q.e));
}

std::string Fraction(std::int64_t numerator, std::int64_t denominator) {
  const auto common = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
  numerator /= common;
  denominator /= common;
  if (denominator == 1) return std::to_string(numerator);
  const std::string sign = numerator < 0 ? "-" : "";
  return sign + "\\frac{" + std::to_string(numerator < 0 ? -numerator : numerator) + "}{" +
         std::to_string(denominator) + "}";
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int size = ByLevel(level, 8, 80);
  Equation q;
  q.a = rng.Int(2, 2 + size / 4);
  q.c = rng.Int(-size, size);
  q.e = rng.Int(-size, size);
  if (level >= 4) q.b = rng.Int(-size / 2, size / 2);
  if (level >= 3) q.d = rng.Int(-size / 4, size / 4);
  const std::int64_t slope = q.a - q.d;
  const std::int64_t rest = q.e - q.c - q.a * q.b;
  if (slope == 0 || rest == 0 || q.c == 0) return std::nullopt;
  if (level <= 5 && rest % slope != 0) return std::nullopt;  // whole solutions first
  if (level >= 7 && rest % slope == 0) return std::nullopt;  // then fractions

  Draft draft;
  const std::string equation = LeftSide(q) + " = " + RightSide(q);
  Ask(rng, draft,
      Say(rng,
          {"Solve for x: \\({equation}\\).", "Find the value of x for which \\({equation}\\).",
           "For which x does the equation \\({equation}\\) hold?"},
          {{"equation", equation}}),
      AnswerForm::kBoxed);
  draft.reference = Fraction(rest, slope);
  draft.verifier = {{"kind", "math"}};
  draft.tags = {"algebra"};
  draft.fingerprint = equation;
  draft.near_misses = {Fraction(-rest, slope), Fraction(rest + 1, slope)};
  draft.params = {{"a", q.a}, {"b", q.b},     {"c", q.c},      {"d", q.d},
                  {"e", q.e}, {"rest", rest}, {"slope", slope}};
  return draft;
}

// Puts x = rest / slope into both sides, multiplied by slope so that all stays whole.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  const std::int64_t x = get("rest");
  const std::int64_t slope = get("slope");
  const std::int64_t left = get("a") * (x + get("b") * slope) + get("c") * slope;
  const std::int64_t right = get("d") * x + get("e") * slope;
  if (left != right) return "the two sides differ at the reference";
  if (draft.reference != Fraction(x, slope)) return "the reference is not that x";
  return std::nullopt;
}

}  // namespace

Family LinearEquation() {
  return {"linear_equation",
          "math",
          "One linear equation in one unknown",
          "al-Khwarizmi, al-jabr: restoring and balancing",
          Generate,
          Prove};
}

}  // namespace assay
