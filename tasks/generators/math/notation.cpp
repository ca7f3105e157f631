#include "tasks/generators/math/notation.h"

#include <numeric>
#include <utility>

#include "base/check.h"

namespace assay {

Ratio::Ratio(std::int64_t numerator, std::int64_t denominator) {
  ASSAY_CHECK(denominator != 0, "a fraction over zero");
  const std::int64_t common = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
  top = numerator / common;
  bottom = denominator / common;
}

Ratio operator+(const Ratio& a, const Ratio& b) {
  return {a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom};
}
Ratio operator-(const Ratio& a, const Ratio& b) {
  return {a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom};
}
Ratio operator*(const Ratio& a, const Ratio& b) { return {a.top * b.top, a.bottom * b.bottom}; }
Ratio operator/(const Ratio& a, const Ratio& b) { return {a.top * b.bottom, a.bottom * b.top}; }

std::string Tex(const Ratio& value) {
  if (value.whole()) return std::to_string(value.top);
  const std::string sign = value.top < 0 ? "-" : "";
  return sign + "\\frac{" + std::to_string(std::abs(value.top)) + "}{" +
         std::to_string(value.bottom) + "}";
}

std::string Signed(std::int64_t number) {
  return (number < 0 ? "- " : "+ ") + std::to_string(std::abs(number));
}

std::string PolynomialTex(const std::vector<std::int64_t>& coefficients_low_first,
                          const std::string& variable) {
  std::string text;
  for (std::size_t power = coefficients_low_first.size(); power-- > 0;) {
    const std::int64_t factor = coefficients_low_first[power];
    if (factor == 0) continue;
    const std::string sign = text.empty() ? (factor < 0 ? "-" : "") : (factor < 0 ? " - " : " + ");
    const bool bare = std::abs(factor) == 1 && power > 0;
    text += sign + (bare ? "" : std::to_string(std::abs(factor)));
    if (power >= 1) text += variable;
    if (power >= 2)
      text += "^" + (power < 10 ? std::to_string(power) : "{" + std::to_string(power) + "}");
  }
  return text.empty() ? "0" : text;
}

std::string MatrixTex(const std::vector<std::vector<std::int64_t>>& rows) {
  std::string text = "\\begin{pmatrix} ";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r > 0) text += " \\\\ ";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      text += (c > 0 ? " & " : "") + std::to_string(rows[r][c]);
    }
  }
  return text + " \\end{pmatrix}";
}

std::int64_t PowerMod(std::int64_t base, std::int64_t exponent, std::int64_t modulus) {
  std::int64_t result = 1 % modulus;
  for (base %= modulus; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result;
}

std::int64_t Choose(std::int64_t n, std::int64_t k) {
  if (k < 0 || k > n) return 0;
  std::int64_t result = 1;
  for (std::int64_t i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

std::int64_t PowerOf(std::int64_t base, int exponent) {
  std::int64_t result = 1;
  for (int i = 0; i < exponent; ++i) result *= base;
  return result;
}

Draft MathDraft(Rng& rng, MathQuestion question) {
  Draft draft;
  Ask(rng, draft, Say(rng, question.wordings, question.slots), AnswerForm::kBoxed);
  draft.reference = std::move(question.reference);
  draft.verifier = {{"kind", "math"}};
  draft.tags = {std::move(question.tag)};
  draft.fingerprint = std::move(question.fingerprint);
  for (std::string& miss : question.near_misses) {
    if (miss != draft.reference) draft.near_misses.push_back(std::move(miss));
  }
  draft.params = std::move(question.params);
  return draft;
}

std::optional<std::string> Agree(const Draft& draft, const std::string& found, const char* method) {
  if (found == draft.reference) return std::nullopt;
  return std::string(method) + " gives " + found + ", the reference is " + draft.reference;
}

std::optional<std::string> Agree(const Draft& draft, const Ratio& found, const char* method) {
  return Agree(draft, Tex(found), method);
}

}  // namespace assay
