// Ratios and times of day: what a colon joins.
#include "verifiers/math/kinds.h"

namespace assay::math {

namespace {

bool LooksLikeTime(const Ref& e) {
  if (e.op() == Op::kTime) return true;
  if (e.op() != Op::kRatio) return false;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    const Ref part = e.kid(i);
    if (part.op() != Op::kNumber) return false;
    if (i > 0 && part.node().end - part.node().begin == 1) return false;
  }
  return true;
}

// A part of a ratio over its last one, in a tree of its own.
Ref OverLast(const Ref& ratio, std::size_t part, Tree& scratch) {
  scratch = *ratio.tree;
  const NodeId last = ratio.kid(ratio.kid_count() - 1).id;
  return {&scratch, scratch.Add(Op::kDiv, {ratio.kid(part).id, last}), ratio.sign};
}

bool IsOfScalars(const Ref& ratio) {
  for (std::size_t i = 0; i < ratio.kid_count(); ++i) {
    if (!IsScalar(ratio.kid(i).op())) return false;
  }
  return true;
}

// 2 : 4 against 1 : 2, for as many parts on both sides.
Match SameRatio(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (!IsOfScalars(a) || !IsOfScalars(b)) return Different(How::kExact);
  How how = How::kExact;
  for (std::size_t i = 0; i + 1 < a.kid_count(); ++i) {
    Tree x;
    Tree y;
    const Match match = CompareScalars(OverLast(a, i, x), OverLast(b, i, y), rules, budget);
    if (!match.equal()) return match;
    if (match.how != How::kExact) how = match.how;
  }
  return Equal(how, "the same ratio");
}

}  // namespace

Match CompareColons(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const auto half = [](const Ref& e) { return e.op() == Op::kTime ? e.node().aux : 0; };
  const auto colon = [](const Ref& e) { return e.op() == Op::kTime || e.op() == Op::kRatio; };
  if (colon(a) && colon(b)) {
    if (a.kid_count() != b.kid_count())
      return Different(How::kExact, "a different number of parts");
    if (half(a) != 0 && half(b) != 0 && half(a) != half(b)) {
      return Different(How::kExact, "the other half of the day");
    }
    bool same = true;
    bool decided = true;
    for (std::size_t i = 0; same && i < a.kid_count(); ++i) {
      const Match parts = CompareValues(a.kid(i), b.kid(i), rules, budget);
      same = parts.equal();
      decided = parts.equality != Equality::kUndecided;
      if (!same && i == 0 && (half(a) == 2) != (half(b) == 2)) {  // 4:30 p.m. is 16:30
        const auto x = ExactValue(a.kid(0), budget);
        const auto y = ExactValue(b.kid(0), budget);
        if (x && y) same = half(a) == 2 ? *x + Rational(12) == *y : *x == *y + Rational(12);
      }
    }
    if (same) return Equal(How::kExact);
    if (!decided) return Undecided("one of the parts could not be compared");
    if (half(a) != 0 || half(b) != 0 || LooksLikeTime(a) || LooksLikeTime(b) || rules.simplified)
      return Different(How::kExact);
    return SameRatio(a, b, rules, budget);
  }
  // 1:2 against 1/2
  const Ref& ratio = colon(a) ? a : b;
  const Ref& other = colon(a) ? b : a;
  if (ratio.op() == Op::kTime && ratio.kid_count() == 1) {  // 9 a.m. against 9 or 9:00
    return CompareValues(ratio.kid(0), other, rules, budget);
  }
  if (ratio.op() != Op::kRatio || ratio.kid_count() != 2 || LooksLikeTime(ratio)) {
    return Different(How::kExact, "a different kind of answer");
  }
  if (!IsOfScalars(ratio) || !IsScalar(other.op())) return Different(How::kExact);
  Tree scratch;
  return CompareScalars(OverLast(ratio, 0, scratch), other, rules, budget);
}

}  // namespace assay::math
