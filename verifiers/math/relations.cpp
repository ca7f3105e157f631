// Equations, inequalities, assignments and chains.
#include <algorithm>

#include "verifiers/math/angles.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/definitions.h"

namespace assay::math {

Relation Mirror(Relation r) {
  switch (r) {
    case Relation::kLess:
      return Relation::kGreater;
    case Relation::kLessEqual:
      return Relation::kGreaterEqual;
    case Relation::kGreater:
      return Relation::kLess;
    case Relation::kGreaterEqual:
      return Relation::kLessEqual;
    default:
      return r;
  }
}

namespace {

Relation At(const Ref& e, std::size_t i) { return e.tree->relation(e.id, i); }

bool IsInequality(Relation r) {
  return r == Relation::kLess || r == Relation::kLessEqual || r == Relation::kGreater ||
         r == Relation::kGreaterEqual;
}

// dy/dx, \frac{d}{dx} f(x)
bool IsDerivative(const Ref& e) {
  const auto differential = [](const Ref& d) {
    const bool alone = d.op() == Op::kSymbol && d.name() == "d";
    return alone || (d.op() == Op::kMul && d.kid_count() == 2 && d.kid(0).op() == Op::kSymbol &&
                     d.kid(0).name() == "d" && d.kid(1).op() == Op::kSymbol);
  };
  if (e.op() == Op::kDiv) return differential(e.kid(0)) && differential(e.kid(1));
  return e.op() == Op::kMul && e.kid_count() == 2 && IsDerivative(e.kid(0)) &&
         (e.kid(1).op() == Op::kApply || e.kid(1).op() == Op::kSymbol);
}

// A name that a value can be given to: x, x_1, AB, f(x), W(n), (x, y), \angle ABC.
bool IsName(const Ref& e) {
  if (e.op() == Op::kSymbol || e.op() == Op::kText) return true;
  if (e.op() == Op::kApply) return true;
  if (e.op() == Op::kParens) {
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      const Op op = e.kid(i).op();
      if (op != Op::kSymbol) return false;
    }
    return true;
  }
  if (e.op() == Op::kMul && e.kid_count() == 2 && IsInverseFunction(e.kid(0))) return true;
  if (IsDerivative(e) || (e.op() == Op::kIntegral && e.kid_count() == 2)) return true;
  if (e.op() == Op::kMul && e.kid_count() == 2) {  // W(n), P(A): read as products
    return e.kid(0).op() == Op::kSymbol && e.kid(1).op() == Op::kSymbol &&
           !e.kid(0).name().empty() && e.kid(0).name()[0] >= 'A' && e.kid(0).name()[0] <= 'Z';
  }
  if (e.op() == Op::kAbs || e.op() == Op::kDegrees)
    return IsName(e.kid(0)) && e.kid(0).op() == Op::kSymbol;
  return false;
}

std::string NameOf(const Ref& e) {
  switch (e.op()) {
    case Op::kSymbol:
    case Op::kText:
    case Op::kApply:
      return std::string(e.name());
    case Op::kMul:
      if (IsDerivative(e)) return "d/dx";
      if (IsInverseFunction(e.kid(0))) return std::string(e.kid(0).kid(0).name()) + "^-1";
      return std::string(e.kid(0).name());
    case Op::kDiv:
      return "d/dx";
    case Op::kParens: {
      std::string all;
      for (std::size_t i = 0; i < e.kid_count(); ++i) all += std::string(e.kid(i).name()) + ",";
      return all;
    }
    default:
      return {};
  }
}

// lhs - rhs in a tree of its own.
Ref Difference(const Ref& e, Tree& scratch, bool reversed) {
  scratch = *e.tree;
  const NodeId left = e.kid(reversed ? 1 : 0).id;
  const NodeId right = e.kid(reversed ? 0 : 1).id;
  const NodeId negated = scratch.Add(Op::kNeg, {right});
  return {&scratch, scratch.Add(Op::kAdd, {left, negated}), e.sign};
}

// Whether a(x) = c b(x) with one constant c != 0 (`positive`: c > 0), at random points.
Match Proportional(const Ref& a, const Ref& b, bool positive, Budget& budget) {
  int agreements = 0;
  std::optional<Ball> ratio;
  for (int point = 0; point < 12 && agreements < 6; ++point) {
    EvaluationRules evaluation;
    evaluation.point = point;
    evaluation.precision = 128;
    Ball x;
    Ball y;
    if (!Evaluate(a, evaluation, budget, x) || !Evaluate(b, evaluation, budget, y)) {
      if (budget.spent()) return Undecided("the budget of steps is spent");
      continue;
    }
    const bool zero_x = acb_contains_zero(x.get()) != 0;
    const bool zero_y = acb_contains_zero(y.get()) != 0;
    if (zero_x && zero_y) continue;
    if (zero_x || zero_y) return Different(How::kCertified, "they differ at a test point");
    Ball r;
    acb_div(r.get(), x.get(), y.get(), 128);
    if (ratio) {
      if (acb_overlaps(ratio->get(), r.get()) == 0) {
        return Different(How::kCertified, "they differ at a test point");
      }
    } else {
      ratio = r;
    }
    ++agreements;
  }
  if (agreements < 5 || !ratio) return Undecided("no points where both have values");
  if (acb_contains_zero(ratio->get()) != 0) return Different(How::kCertified);
  if (positive && arb_is_positive(acb_realref(ratio->get())) == 0) {
    return Different(How::kCertified, "the inequality points the other way");
  }
  return Equal(How::kNumerical, "one is a multiple of the other at random points");
}

Match CompareTwoSided(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  Relation p = At(a, 0);
  Relation q = At(b, 0);
  bool reversed = false;
  if (p != q) {
    if (Mirror(p) != q) return Different(How::kExact, "another relation");
    reversed = true;
  }
  if (p == Relation::kIn || p == Relation::kNotIn || p == Relation::kSubset) {
    const Match left = CompareValues(a.kid(0), b.kid(0), rules, budget);
    return left.equal() ? CompareValues(a.kid(1), b.kid(1), rules, budget) : left;
  }
  if (p == Relation::kCongruent || p == Relation::kApprox) {
    const Match left = CompareValues(a.kid(0), b.kid(0), rules, budget);
    return left.equal() ? CompareValues(a.kid(1), b.kid(1), rules, budget) : left;
  }
  Tree scratch_a;
  Tree scratch_b;
  Ref x = Difference(a, scratch_a, false);
  Ref y = Difference(b, scratch_b, reversed);
  Tree bare_a;
  Tree bare_b;
  DropDegrees(x, y, bare_a, bare_b);
  const bool directed = IsInequality(p);
  if (const auto exact = ProportionalNormalForms(x, y, directed, budget)) return *exact;
  return Proportional(x, y, directed, budget);
}

}  // namespace

namespace {

// Sums, products and quotients of names alone, as in "m + n = 73", and functions of them.
bool IsNameSum(const Ref& e) {
  if (e.op() == Op::kSymbol || e.op() == Op::kApply) return true;
  if (e.op() == Op::kLimit || e.op() == Op::kIntegral || e.op() == Op::kSum) return HasFreeNames(e);
  if (e.op() == Op::kCall) return e.kid_count() > 0 && IsNameSum(e.kid(0));
  if (e.op() != Op::kAdd && e.op() != Op::kMul && e.op() != Op::kDiv && e.op() != Op::kNeg)
    return false;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (!IsNameSum(e.kid(i))) return false;
  }
  return true;
}

// Whether two sides of an equality sign may be the same number: a short decimal may round.
bool MayBeEqual(const Ref& a, const Ref& b) {
  Budget budget(20'000);
  const Match match = CompareValues(a, b, Rules{}, budget);
  if (match.equality != Equality::kDifferent) return true;
  for (const auto& [decimal, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (decimal.op() != Op::kNumber || decimal.node().decimals < 2) continue;
    Rules loose;
    loose.abs = 1.0;
    for (int i = 0; i < decimal.node().decimals && i < 300; ++i) loose.abs /= 10;
    if (CompareValues(a, b, loose, budget).equal()) return true;
  }
  return false;
}

// The value of "x = a = b ≈ c": the last exact side, if the links between numbers hold.
std::optional<Ref> ChainValue(const Ref& e, std::string* name) {
  std::size_t count = e.kid_count();
  for (std::size_t i = 0; i + 1 < e.kid_count(); ++i) {
    const Relation r = At(e, i);
    if (r == Relation::kApprox && (i > 0 || !HasFreeNames(e.kid(0)))) {
      for (std::size_t k = i; k + 1 < e.kid_count(); ++k) {
        if (At(e, k) != Relation::kApprox && At(e, k) != Relation::kEqual) return std::nullopt;
        if (!RoundsTo(e.kid(k), e.kid(k + 1))) return std::nullopt;
      }
      count = i + 1;
      break;
    }
    if (r != Relation::kEqual && !(r == Relation::kApprox && i == 0)) return std::nullopt;
  }
  std::size_t first = 0;
  while (first + 1 < count &&
         (IsName(e.kid(first)) || (HasFreeNames(e.kid(first)) && count - first > 2))) {
    if (name != nullptr && name->empty() && IsName(e.kid(first))) *name = NameOf(e.kid(first));
    ++first;
  }
  for (std::size_t i = first; i + 1 < count; ++i) {
    if (HasFreeNames(e.kid(i)) || HasFreeNames(e.kid(i + 1))) {
      if (first + 1 < count && HasFreeNames(e.kid(i))) return std::nullopt;
      continue;
    }
    if (!MayBeEqual(e.kid(i), e.kid(i + 1))) return std::nullopt;
  }
  // "= 1/3 = 0.33": the exact side counts
  std::size_t value = count - 1;
  if (value > first && e.kid(value).op() == Op::kNumber && e.kid(value).node().decimals > 0 &&
      e.kid(value - 1).op() != Op::kNumber) {
    --value;
  }
  return e.kid(value);
}

// A number in digits, as opposed to a fraction or a formula.
bool IsWrittenOut(const Ref& e) {
  switch (e.op()) {
    case Op::kNumber:
      return e.node().decimals >= 0 || e.number().IsInteger();
    case Op::kNeg:
    case Op::kPercent:
    case Op::kQuantity:
    case Op::kDegrees:
      return IsWrittenOut(e.kid(0));
    default:
      return false;
  }
}

}  // namespace

Ref StripAssignment(const Ref& e, std::string* name) {
  if (e.op() != Op::kRelation) return e;
  if (e.kid_count() == 2) {
    const Relation r = At(e, 0);
    if (r != Relation::kEqual && r != Relation::kIn && r != Relation::kApprox &&
        !(r == Relation::kCongruent && e.kid(1).op() == Op::kMod)) {
      return e;
    }
    if (IsName(e.kid(0)) &&
        (r != Relation::kApprox || HasFreeNames(e.kid(0)) || e.kid(0).op() != Op::kSymbol)) {
      if (name != nullptr) *name = NameOf(e.kid(0));
      return e.kid(1);
    }
    if (r == Relation::kIn || r == Relation::kCongruent) return e;
    if (r == Relation::kEqual && e.kid(1).op() == Op::kSymbol &&
        !HasFreeNames(e.kid(0))) {  // 5 = x
      if (name != nullptr) *name = NameOf(e.kid(1));
      return e.kid(0);
    }
    if (r == Relation::kEqual && IsNameSum(e.kid(0)) && !HasFreeNames(e.kid(1))) {
      if (name != nullptr) *name = "+";  // no name: two of them are compared as equations
      return e.kid(1);
    }
    if (HasFreeNames(e.kid(0)) || HasFreeNames(e.kid(1))) return e;
  }
  const auto value = ChainValue(e, name);
  return value ? *value : e;
}

namespace {

// The rounded value that a chain whose links hold also gives.
std::optional<Ref> RoundedSide(const Ref& e) {
  if (e.op() != Op::kRelation) return std::nullopt;
  bool rounded = false;
  for (std::size_t i = 0; i + 1 < e.kid_count(); ++i)
    rounded = rounded || At(e, i) == Relation::kApprox;
  if (!rounded || !ChainValue(e, nullptr)) return std::nullopt;
  return e.kid(e.kid_count() - 1);
}

}  // namespace

Match CompareChainValues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Ref x = StripAssignment(a, nullptr);
  const Ref y = StripAssignment(b, nullptr);
  const Match match = CompareValues(x, y, rules, budget);
  if (match.equal()) return match;
  if (const auto rounded = RoundedSide(a); rounded && IsWrittenOut(y)) {
    if (const Match m = CompareValues(*rounded, y, rules, budget); m.equal()) return m;
  }
  if (const auto rounded = RoundedSide(b); rounded && IsWrittenOut(x)) {
    if (const Match m = CompareValues(x, *rounded, rules, budget); m.equal()) return m;
  }
  return match;
}

Match CompareRelations(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (SameShape(a, b, budget)) return Equal(How::kExact, "the same expression");
  Ref renamed_a = a;
  Ref renamed_b = b;
  Tree scratch_a;
  Tree scratch_b;
  if (UnifyArguments(renamed_a, renamed_b, scratch_a, scratch_b))
    return CompareRelations(renamed_a, renamed_b, rules, budget);
  if (AtOtherNumbers(a, b, budget)) return Different(How::kExact, "at another argument");
  std::string name_a;
  std::string name_b;
  const Ref x = StripAssignment(a, &name_a);
  const Ref y = StripAssignment(b, &name_b);
  if (x.id != a.id && y.id != b.id) {
    const bool functions = (a.kid(0).op() != Op::kSymbol) != (b.kid(0).op() != Op::kSymbol);
    // x_1 = 2 against x = 2
    const auto base = [](const std::string& n) { return n.substr(0, n.find('_')); };
    const bool indexed =
        base(name_a) == base(name_b) &&
        (name_a.find('_') == std::string::npos) != (name_b.find('_') == std::string::npos);
    const bool sums = name_a == "+" || name_b == "+";
    if (!sums && (name_a == name_b || name_a.empty() || name_b.empty() || functions || indexed)) {
      return CompareChainValues(a, b, rules, budget);
    }
  }
  if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  if (a.kid_count() == 2 && b.kid_count() == 2) return CompareTwoSided(a, b, rules, budget);
  if (a.kid_count() != b.kid_count()) return Different(How::kExact, "chains of another length");
  // chains: side by side, forwards or mirrored
  const std::size_t n = a.kid_count();
  bool undecided = false;
  for (const bool mirrored : {false, true}) {
    bool same = true;
    bool all_decided = true;
    for (std::size_t i = 0; same && i + 1 < n; ++i) {
      const Relation r = At(b, mirrored ? n - 2 - i : i);
      same = At(a, i) == (mirrored ? Mirror(r) : r);
    }
    for (std::size_t i = 0; same && i < n; ++i) {
      const Match sides = CompareValues(a.kid(i), b.kid(mirrored ? n - 1 - i : i), rules, budget);
      same = sides.equality != Equality::kDifferent;
      all_decided = all_decided && sides.equality != Equality::kUndecided;
    }
    if (same && all_decided) return Equal(How::kExact);
    undecided = undecided || same;
  }
  if (undecided) return Undecided("one of the sides could not be compared");
  return Different(How::kExact);
}

}  // namespace assay::math
