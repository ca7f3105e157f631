// Values that carry a unit, a degree sign or a modulus.
#include "verifiers/math/angles.h"
#include "verifiers/math/kinds.h"
#include "verifiers/math/lexicon.h"

namespace assay::math {

bool MeasuresDegrees(const Ref& e) { return e.op() == Op::kDegrees || IsInDegrees(e); }

Match CompareQuantities(Ref a, Ref b, const Rules& rules, Budget& budget) {
  const auto unit = [](const Ref& e) { return e.op() == Op::kQuantity ? e.node().aux : -2; };
  const int u = unit(a);
  const int v = unit(b);
  if (rules.units && u != -2 && v == -2) return Different(How::kExact, "the unit is missing");
  const Ref x = u == -2 ? a : a.kid(0);
  const Ref y = v == -2 ? b : b.kid(0);
  const auto temperature = [](int w) {
    return w >= 0 && (UnitAt(w).dimension == "celsius" || UnitAt(w).dimension == "fahrenheit");
  };
  if ((u >= 0 && MeasuresDegrees(y)) || (v >= 0 && MeasuresDegrees(x))) {
    if (!temperature(u) && !temperature(v)) return Different(How::kExact, "the units differ");
    return CompareValues(x.op() == Op::kDegrees ? x.kid(0) : x,
                         y.op() == Op::kDegrees ? y.kid(0) : y, rules, budget);
  }
  if (u >= 0 && v >= 0 && u != v) {
    const Unit& from = UnitAt(u);
    const Unit& to = UnitAt(v);
    if (from.dimension != to.dimension) return Different(How::kExact, "the units differ");
    if (from.factor * to.divisor != to.factor * from.divisor) {  // convert both, exactly
      Tree scratch_a = *x.tree;
      Tree scratch_b = *y.tree;
      const auto scaled = [](Tree& t, const Ref& e, const Unit& w) {
        const NodeId n = t.AddNumber(Rational(w.factor, w.divisor));
        return Ref{&t, t.Add(Op::kMul, {n, e.id}), e.sign};
      };
      const Match match =
          CompareValues(scaled(scratch_a, x, from), scaled(scratch_b, y, to), rules, budget);
      return match.equal() ? match : Different(How::kExact, "the units differ");
    }
  } else if (rules.units && u == -1 && v == -1 && a.name() != b.name()) {
    return Different(How::kExact, "the units differ");
  } else if (rules.units && (u >= 0) != (v >= 0)) {
    return Different(How::kExact, "the units differ");
  }
  return CompareValues(x, y, rules, budget);
}

std::optional<Match> CompareAngles(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const bool x = a.op() == Op::kDegrees;
  const bool y = b.op() == Op::kDegrees;
  Ref u = a;
  Ref v = b;
  Tree scratch_a;
  Tree scratch_b;
  if (x && y) {
    u = a.kid(0);
    v = b.kid(0);
  } else if (!DropDegrees(u, v, scratch_a, scratch_b)) {
    // an angle in degrees and a mixture with other scales
    if (IsInDegrees(a) || IsInDegrees(b)) {
      if (Contains(a, Op::kDegrees) && Contains(b, Op::kDegrees))
        return Different(How::kExact, "degrees beside another scale");
    }
    if (!x && !y) return std::nullopt;
    if (x) u = a.kid(0);
    if (y) v = b.kid(0);
  }
  if (rules.units && MeasuresDegrees(a) && !MeasuresDegrees(b))
    return Different(How::kExact, "the degrees are missing");
  if (u.op() == Op::kQuantity || v.op() == Op::kQuantity)
    return Different(How::kExact, "the units differ");
  return CompareValues(u, v, rules, budget);
}

Match CompareResidues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Match modulus = CompareValues(a.kid(1), b.kid(1), rules, budget);
  if (!modulus.equal()) return modulus;
  const auto x = ExactValue(a.kid(0), budget);
  const auto y = ExactValue(b.kid(0), budget);
  const auto m = ExactValue(a.kid(1), budget);
  if (x && y && m && !m->IsZero()) {
    return ((*x - *y) / *m).IsInteger() ? Equal(How::kExact) : Different(How::kExact);
  }
  return CompareValues(a.kid(0), b.kid(0), rules, budget);
}

}  // namespace assay::math
