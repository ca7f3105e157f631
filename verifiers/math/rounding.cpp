// Whether a rounded value stands for the value beside it: "\sqrt{2} \approx 1.41".
#include <algorithm>
#include <cmath>

#include "verifiers/math/compare.h"

namespace assay::math {
namespace {

// A number as it was written, and the worth of its last digit that counts.
struct Rounded {
  Rational value;
  Rational unit;
};

// What stands inside a unit.
Ref WithoutUnit(const Ref& e) {
  return e.op() == Op::kQuantity || e.op() == Op::kDegrees ? e.kid(0) : e;
}

std::optional<Rounded> AsRounded(const Ref& e, Budget& budget) {
  switch (e.op()) {
    case Op::kNumber: {
      if (e.node().decimals >= 0)
        return Rounded{e.number(), PowerOfTen(-std::min<int>(e.node().decimals, 4000))};
      if (!e.number().IsInteger()) return std::nullopt;
      // zeros at the end of a whole number may be its rounding
      const std::string digits = e.number().ToString();
      const std::size_t last = digits.find_last_not_of('0');
      if (last == std::string::npos) return Rounded{e.number(), Rational(1)};
      return Rounded{e.number(), PowerOfTen(static_cast<int>(digits.size() - 1 - last))};
    }
    case Op::kNeg: {
      auto inside = AsRounded(e.kid(0), budget);
      if (inside) inside->value = -inside->value;
      return inside;
    }
    case Op::kPercent: {
      auto inside = AsRounded(e.kid(0), budget);
      if (!inside) return std::nullopt;
      return Rounded{inside->value / Rational(100), inside->unit / Rational(100)};
    }
    case Op::kMul: {  // 1.4 \times 10^6
      if (e.kid_count() != 2) return std::nullopt;
      const auto inside = AsRounded(e.kid(0), budget);
      const auto factor = ExactValue(e.kid(1), budget);
      if (!inside || !factor || e.kid(1).op() != Op::kPow) return std::nullopt;
      return Rounded{inside->value * *factor, inside->unit * *factor};
    }
    default:
      return std::nullopt;
  }
}

bool Within(const Ref& value, const Rational& center, double abs, double rel, Budget& budget) {
  Tree tree;
  tree.set_root(tree.AddNumber(center));
  Rules loose;
  loose.abs = abs;
  loose.rel = rel;
  return CompareValues(value, {&tree, tree.root()}, loose, budget).equal();
}

// Rounded to the nearest, or cut off; trailing zeros of a whole number bound nothing by themselves.
bool Rounds(const Ref& value, const Rounded& to, Budget& budget) {
  if (to.unit.ToDouble() > 1 && !Within(value, to.value, 0, 0.05, budget)) return false;
  const double half = to.unit.ToDouble() / 2;
  if (Within(value, to.value, half * (1 + 1e-9), 0, budget)) return true;
  const Rational shift = to.unit / Rational(2);
  return Within(value, to.value.Sign() < 0 ? to.value - shift : to.value + shift, half * (1 - 1e-9),
                0, budget);
}

}  // namespace

bool RoundsTo(const Ref& a, const Ref& b) {
  if (HasFreeNames(a) || HasFreeNames(b)) return true;  // nothing that could be checked
  Budget budget(20'000);
  if (CompareValues(a, b, Rules{}, budget).equality != Equality::kDifferent) return true;
  if (a.op() == Op::kQuantity && b.op() == Op::kQuantity && a.node().aux != b.node().aux)
    return true;  // 2.5 hours and 9000 seconds: rounding does not convert
  const Ref x = WithoutUnit(a);
  const Ref y = WithoutUnit(b);
  const auto p = AsRounded(x, budget);
  const auto q = AsRounded(y, budget);
  if (q && Rounds(x, *q, budget)) return true;
  if (p && Rounds(y, *p, budget)) return true;
  if (p || q) return false;
  Rules loose;  // 22/7 for pi
  loose.rel = 0.02;
  return CompareValues(x, y, loose, budget).equal();
}

bool IsRoundingOf(const Ref& rounded, const Ref& value, int place) {
  if (HasFreeNames(rounded) || HasFreeNames(value)) return false;
  Budget budget(20'000);
  const auto to = AsRounded(WithoutUnit(rounded), budget);
  if (!to || PowerOfTen(place) < to->unit) return false;
  return Rounds(WithoutUnit(value), *to, budget);
}

}  // namespace assay::math
