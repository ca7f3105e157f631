// verifiers/math/evaluate.h -- The value of an expression: exactly where it is rational, and as a
// complex ball that certainly contains it.
//
// Sizes are checked before every operation, so that no exponent, factorial or sum can run away.
#pragma once

#include <acb.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "verifiers/math/budget.h"
#include "verifiers/math/expr.h"

namespace assay::math {

// A place in a tree; `sign` chooses the upper (+1) or lower (-1) signs of ±, 0 where none was
// chosen.
struct Ref {
  const Tree* tree = nullptr;
  NodeId id = kNoNode;
  int sign = 0;

  const Node& node() const { return (*tree)[id]; }
  Op op() const { return node().op; }
  Ref kid(std::size_t i) const { return {tree, tree->kid(id, i), sign}; }
  std::size_t kid_count() const { return node().kid_count; }
  const Rational& number() const { return tree->number(id); }
  std::string_view name() const { return tree->name(id); }
};

// The value where it is a rational number found by rational steps within kMaxBits.
std::optional<Rational> ExactValue(const Ref& e, Budget& budget);

// Owns one complex ball.
class Ball {
 public:
  Ball() { acb_init(value_); }
  Ball(const Ball& other) {
    acb_init(value_);
    acb_set(value_, other.value_);
  }
  Ball(Ball&& other) noexcept {
    acb_init(value_);
    acb_swap(value_, other.value_);
  }
  Ball& operator=(const Ball& other) {
    if (this != &other) acb_set(value_, other.value_);
    return *this;
  }
  Ball& operator=(Ball&& other) noexcept {
    acb_swap(value_, other.value_);
    return *this;
  }
  ~Ball() { acb_clear(value_); }
  acb_ptr get() { return value_; }
  acb_srcptr get() const { return value_; }

  // Certainly real: the imaginary part is exactly 0.
  bool IsReal() const { return arb_is_zero(acb_imagref(value_)) != 0; }

 private:
  acb_t value_;
};

struct EvaluationRules {
  slong precision = 64;  // bits
  int point = -1;        // which of the keyed points free names take their values from; -1: none
  bool log_is_decimal = false;
  bool golden_phi = false;                                  // "phi" is the golden ratio
  const std::vector<std::string_view>* integers = nullptr;  // names with integer values at points
};

// The ball of `e`, or false where it is undefined, too large, has free names (point -1), or the
// budget ends.
bool Evaluate(const Ref& e, const EvaluationRules& rules, Budget& budget, Ball& out);

// Whether `test` holds of `e` or of a part of it.
template <class Test>
bool AnyPart(const Ref& e, const Test& test) {
  if (test(e)) return true;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (AnyPart(e.kid(i), test)) return true;
  }
  return false;
}
// Whether `op` occurs in `e`.
inline bool Contains(const Ref& e, Op op) {
  return AnyPart(e, [op](const Ref& part) { return part.op() == op; });
}
// Whether the symbol `name` occurs in `e`.
inline bool Mentions(const Ref& e, std::string_view name) {
  return AnyPart(
      e, [name](const Ref& part) { return part.op() == Op::kSymbol && part.name() == name; });
}
// Whether names occur that no sum or integral binds.
bool HasFreeNames(const Ref& e);
// -1, written as a number or as 1 with a sign.
bool IsMinusOne(const Ref& e);

}  // namespace assay::math
