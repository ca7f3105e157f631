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
    for (std::size_t i = 0; same && i < a.kid_count(); ++i) {
      same = CompareValues(a.kid(i), b.kid(i), rules, budget).equal();
      if (!same && i == 0 && (half(a) == 2) != (half(b) == 2)) {  // 4:30 p.m. is 16:30
        const auto x = ExactValue(a.kid(0), budget);
        const auto y = ExactValue(b.kid(0), budget);
        if (x && y) same = half(a) == 2 ? *x + Rational(12) == *y : *x == *y + Rational(12);
      }
    }
    if (same) return Equal(How::kExact);
    if (half(a) != 0 || half(b) != 0 || a.kid_count() != 2) return Different(How::kExact);
    if (LooksLikeTime(a) || LooksLikeTime(b)) return Different(How::kExact);
    const auto p = ExactValue(a.kid(0), budget);
    const auto q = ExactValue(a.kid(1), budget);
    const auto r = ExactValue(b.kid(0), budget);
    const auto s = ExactValue(b.kid(1), budget);
    if (!rules.simplified && p && q && r && s && *p * *s == *q * *r && !q->IsZero() &&
        !s->IsZero()) {
      return Equal(How::kExact, "the same ratio");
    }
    return Different(How::kExact);
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
  const auto p = ExactValue(ratio.kid(0), budget);
  const auto q = ExactValue(ratio.kid(1), budget);
  const auto v = ExactValue(other, budget);
  if (p && q && v && !q->IsZero() && *p == *v * *q) return Equal(How::kExact, "the same ratio");
  return Different(How::kExact);
}

}  // namespace assay::math
