// tasks/generators/math/notation.h -- What math families share: fractions, formulas, and the way
// from a question to a draft.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tasks/generators/family.h"
#include "tasks/generators/wording.h"

namespace assay {

// A fraction in lowest terms with a positive denominator. Overflow is the family's matter: its
// levels keep numbers small.
struct Ratio {
  std::int64_t top = 0;
  std::int64_t bottom = 1;

  Ratio() = default;
  Ratio(std::int64_t whole) : top(whole) {}  // NOLINT(google-explicit-constructor): 3 is a fraction
  Ratio(std::int64_t numerator, std::int64_t denominator);  // denominator != 0
  bool whole() const { return bottom == 1; }
  friend bool operator==(const Ratio&, const Ratio&) = default;
};
Ratio operator+(const Ratio& a, const Ratio& b);
Ratio operator-(const Ratio& a, const Ratio& b);
Ratio operator*(const Ratio& a, const Ratio& b);
Ratio operator/(const Ratio& a, const Ratio& b);  // b != 0

// LaTeX: "3", "-\frac{3}{4}".
std::string Tex(const Ratio& value);
// "+ 3" or "- 3", for a summand that is not the first.
std::string Signed(std::int64_t number);
// "3x^2 - x + 4" from {4, -1, 3}; "0" where all are 0.
std::string PolynomialTex(const std::vector<std::int64_t>& coefficients_low_first,
                          const std::string& variable = "x");
// "\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}".
std::string MatrixTex(const std::vector<std::vector<std::int64_t>>& rows);

std::int64_t PowerMod(std::int64_t base, std::int64_t exponent, std::int64_t modulus);
// C(n, k); 0 outside 0 <= k <= n. Exact while the result and n times it fit 63 bits.
std::int64_t Choose(std::int64_t n, std::int64_t k);
std::int64_t PowerOf(std::int64_t base, int exponent);

struct MathQuestion {
  std::vector<std::string> wordings;  // natural variants, with {slots}
  Slots slots;
  std::string reference;  // LaTeX
  std::string tag;
  std::string fingerprint;
  std::vector<std::string> near_misses;  // those equal to the reference are dropped
  Json params;
};
// Asks for a boxed answer that {"kind": "math"} judges.
Draft MathDraft(Rng& rng, MathQuestion question);

// What Prove returns after solving again: nothing if `found` is the reference.
std::optional<std::string> Agree(const Draft& draft, const std::string& found, const char* method);
std::optional<std::string> Agree(const Draft& draft, const Ratio& found, const char* method);

}  // namespace assay
