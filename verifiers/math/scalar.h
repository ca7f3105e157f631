// verifiers/math/scalar.h -- Whether two expressions have the same value.
#pragma once

#include <optional>
#include <string>

#include "verifiers/math/evaluate.h"

namespace assay::math {

enum class Equality : std::uint8_t { kEqual, kDifferent, kUndecided };

// How an equality or difference was established.
enum class How : std::uint8_t {
  kExact,      // by exact arithmetic or a normal form
  kCertified,  // by balls that cannot meet (differences only), or exact algebra over them
  kNumerical,  // equal to more digits than chance allows, or within the tolerance of the spec
  kText,       // the same words
};

const char* ToString(How how);

struct Match {
  Equality equality = Equality::kUndecided;
  How how = How::kExact;
  const char* why = "";  // a clause for people; static text

  bool equal() const { return equality == Equality::kEqual; }
};

inline Match Equal(How how, const char* why = "") { return {Equality::kEqual, how, why}; }
inline Match Different(How how, const char* why = "") { return {Equality::kDifferent, how, why}; }
inline Match Undecided(const char* why) { return {Equality::kUndecided, How::kExact, why}; }

// What a spec may loosen or tighten.
struct Rules {
  double rel = 0;           // accepted relative difference; 0: exact
  double abs = 0;           // accepted absolute difference; 0: exact
  bool ordered = false;     // lists keep their order
  bool units = false;       // a unit of the reference must be given
  bool simplified = false;  // the answer must stand in the reference's form
  bool percent = false;     // a bare number stands for the percentage
  bool decimals = true;     // a long decimal stands for the number that it rounds
};

// Compares numbers and formulas. ± must have been resolved (Ref::sign).
Match CompareScalars(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);

// Why one of two constants has no value here, for people: the integral, sum or limit it holds.
const char* WhyNoValue(const Ref& a, const Ref& b);

// One text for all spellings of one form: the order of terms and factors, signs and fraction bars
// do not matter, everything else does.
std::string Form(const Ref& e);

// Whether two constants are equal, by exact algebra. nullopt: not decided, or too large to ask.
std::optional<bool> SameConstant(const Ref& a, const Ref& b, Budget& budget);

// The order of two real constants: -1, 0, 1; nothing where it cannot be decided.
std::optional<int> CompareOrder(const Ref& a, const Ref& b, Budget& budget);

// The same tree, up to the order of sums and products. Sound but incomplete; no evaluation.
bool SameShape(const Ref& a, const Ref& b, Budget& budget);

// Whether the difference of two expressions is 0 as a rational function of its atoms (names, roots,
// named functions of equal arguments). nullopt: not decided.
std::optional<bool> SameNormalForm(const Ref& a, const Ref& b, Budget& budget);

}  // namespace assay::math
