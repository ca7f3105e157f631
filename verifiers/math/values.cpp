// What a value is decides how it is compared: each step below knows some kinds and passes on the
// rest.
#include <cctype>

#include "verifiers/math/angles.h"
#include "verifiers/math/kinds.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

bool IsSequence(Op op) {
  return op == Op::kParens || op == Op::kBrackets || op == Op::kAngles || op == Op::kHalfOpen;
}

// A column, ⟨…⟩ or (…): three spellings of one vector.
bool IsVector(const Ref& e) {
  return e.op() == Op::kAngles || e.op() == Op::kParens ||
         (e.op() == Op::kMatrix && e.node().aux == 1);
}

int SignOfInfinity(const Ref& e) {
  if (e.op() == Op::kConstant && e.node().aux == static_cast<int>(Constant::kInfinity)) return 1;
  if (e.op() == Op::kNeg) return -SignOfInfinity(e.kid(0));
  return 0;
}

// Whether an inequality stands at the top or in a list.
bool HasInequality(const Ref& e) {
  if (e.op() == Op::kList) {
    return e.kid_count() > 0 && HasInequality(e.kid(0));
  }
  if (e.op() != Op::kRelation) return false;
  const Relation r = e.tree->relation(e.id, 0);
  return r != Relation::kEqual && r != Relation::kApprox && r != Relation::kCongruent;
}

// \pm 2 against {-2, 2}
bool PlusMinusAgainstSet(const Ref& a, const Ref& b) {
  if ((a.op() == Op::kBraces) == (b.op() == Op::kBraces)) return false;
  const Ref& other = a.op() == Op::kBraces ? b : a;
  return other.sign == 0 && Contains(other, Op::kPlusMinus);
}

bool IsNamedPoint(const Ref& e) {
  return e.op() == Op::kMul && e.kid_count() == 2 && e.kid(0).op() == Op::kSymbol &&
         e.kid(1).op() == Op::kParens && e.kid(0).name().size() == 1 &&
         std::isupper(static_cast<unsigned char>(e.kid(0).name()[0])) != 0;
}

using Decision = std::optional<Match>;

// Words, and lists that do not end.
Decision CompareWordsAndDots(const Ref& a, const Ref& b, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  if (p == Op::kText || q == Op::kText) {
    if (p != q) return Different(How::kText, "words against mathematics");
    const bool same = NormalizeWords(a.name()) == NormalizeWords(b.name());
    return same ? Equal(How::kText) : Different(How::kText);
  }
  if (p == Op::kDots || q == Op::kDots || Contains(a, Op::kDots) || Contains(b, Op::kDots)) {
    // "1, 2, …" is no finished value, but may be the reference word for word
    return SameShape(a, b, budget) ? Equal(How::kExact)
                                   : Different(How::kExact, "an unfinished list");
  }
  return std::nullopt;
}

// What wraps a value without changing it: the braces of a set, the name of a point.
Decision CompareUnwrapped(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  // x \in {2, 3} against a list
  for (const auto& [e, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (e.op() == Op::kRelation && e.kid_count() == 2 &&
        e.tree->relation(e.id, 0) == Relation::kIn && e.kid(0).op() == Op::kSymbol &&
        e.kid(1).op() == Op::kBraces && other.op() == Op::kList) {
      return CompareValues(e.kid(1), other, rules, budget);
    }
  }
  // the set of one value may be written as that value
  if (p == Op::kBraces && a.kid_count() == 1 && IsScalar(q) && IsScalar(a.kid(0).op()))
    return CompareValues(a.kid(0), b, rules, budget);
  if (q == Op::kBraces && b.kid_count() == 1 && IsScalar(p) && IsScalar(b.kid(0).op()))
    return CompareValues(a, b.kid(0), rules, budget);
  // one solution in braces: {(1, 2)}
  if (p == Op::kBraces && a.kid_count() == 1 && q == Op::kParens && a.kid(0).op() == Op::kParens)
    return CompareValues(a.kid(0), b, rules, budget);
  if (q == Op::kBraces && b.kid_count() == 1 && p == Op::kParens && b.kid(0).op() == Op::kParens)
    return CompareValues(a, b.kid(0), rules, budget);
  // a point with its name: P(1, 2)
  if (q == Op::kParens && IsNamedPoint(a)) return CompareValues(a.kid(1), b, rules, budget);
  if (p == Op::kParens && IsNamedPoint(b)) return CompareValues(a, b.kid(1), rules, budget);
  return std::nullopt;
}

// The elements of a list, or of the set that may be written as one.
std::vector<Ref> Parts(const Ref& e) {
  if (e.op() != Op::kBraces) return Elements(e);
  std::vector<Ref> all;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    for (const Ref& item : Elements(e.kid(i))) all.push_back(item);
  }
  return all;
}

Match CompareAsLists(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  if ((p == Op::kList && q == Op::kParens) || (p == Op::kParens && q == Op::kList)) {
    const Ref& list = p == Op::kList ? a : b;
    const Ref& tuple = p == Op::kList ? b : a;
    const auto values = NamedValues(list);  // in the order of a tuple
    if (values.size() == tuple.kid_count()) {
      std::vector<Ref> parts;
      for (std::size_t i = 0; i < tuple.kid_count(); ++i) parts.push_back(tuple.kid(i));
      return CompareLists(parts, values, true, rules, budget);
    }
  }
  const auto x = Parts(a);
  const auto y = Parts(b);
  if (x.size() == 1 && y.size() == 1 && (p == Op::kList || q == Op::kList)) {
    return CompareValues(x[0], y[0], rules, budget);
  }
  return CompareLists(x, y, rules.ordered, rules, budget);
}

// Lists, named values, equations and inequalities.
Decision CompareSolutions(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  if ((p == Op::kList && q == Op::kUnion) || (p == Op::kUnion && q == Op::kList)) {
    if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  }
  if (p != q) {
    const auto x = Assignments(a);
    const auto y = x.empty() ? x : Assignments(b);
    if (!y.empty()) return CompareAssignments(x, y, rules, budget);
  }
  if (HasInequality(a) || HasInequality(b)) {
    if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  }
  const bool signs = (Contains(a, Op::kPlusMinus) || Contains(b, Op::kPlusMinus)) && a.sign == 0 &&
                     b.sign == 0 && p != Op::kBraces && q != Op::kBraces;
  if (p == Op::kList || q == Op::kList || PlusMinusAgainstSet(a, b) || signs)
    return CompareAsLists(a, b, rules, budget);
  if (p != Op::kRelation && q != Op::kRelation) return std::nullopt;
  if (p == q) return CompareRelations(a, b, rules, budget);
  if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  const Ref x = StripAssignment(a, nullptr);
  const Ref y = StripAssignment(b, nullptr);
  if (x.id == a.id && y.id == b.id) return Different(How::kExact, "a different kind of answer");
  return CompareChainValues(a, b, rules, budget);
}

// Values with a modulus, a unit, a degree sign, a percent sign or a colon.
Decision CompareMeasured(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  if (p == Op::kMod && q == Op::kMod && a.node().aux == 0 && b.node().aux == 0) {
    return CompareResidues(a, b, rules, budget);
  }
  if ((p == Op::kMod) != (q == Op::kMod)) {  // 3 against 3 (mod 7)
    const Ref& residue = p == Op::kMod ? a : b;
    if (residue.node().aux == 0) {
      return CompareValues(p == Op::kMod ? a.kid(0) : a, q == Op::kMod ? b.kid(0) : b, rules,
                           budget);
    }
  }
  if ((p == Op::kTime && (q == Op::kQuantity || MeasuresDegrees(b))) ||
      (q == Op::kTime && (p == Op::kQuantity || MeasuresDegrees(a)))) {
    return Different(How::kExact, "a time of day and a quantity");
  }
  if (p == Op::kQuantity || q == Op::kQuantity) return CompareQuantities(a, b, rules, budget);
  if (const auto angles = CompareAngles(a, b, rules, budget)) return *angles;
  if (rules.percent && (p == Op::kPercent) != (q == Op::kPercent)) {
    const Match bare = CompareValues(p == Op::kPercent ? a.kid(0) : a,
                                     q == Op::kPercent ? b.kid(0) : b, rules, budget);
    if (bare.equal()) return bare;
  }
  if (p == Op::kRatio || p == Op::kTime || q == Op::kRatio || q == Op::kTime) {
    return CompareColons(a, b, rules, budget);
  }
  return std::nullopt;
}

// Sets, sequences, matrices and vectors.
Decision CompareCollections(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Op p = a.op();
  const Op q = b.op();
  if (p == Op::kBraces && q == Op::kBraces) return CompareSets(a, b, rules, budget);
  if (p == Op::kNumberSet && q == Op::kNumberSet) {
    return a.node().aux == b.node().aux ? Equal(How::kExact) : Different(How::kExact);
  }
  if (p == Op::kMatrix && q == Op::kMatrix && a.node().aux != b.node().aux) {
    return Different(How::kExact, "matrices of another shape");
  }
  if (p == q && (IsSequence(p) || p == Op::kMatrix)) {
    if (p == Op::kHalfOpen && a.node().aux != b.node().aux) {
      return Different(How::kExact, "an end is open on one side only");
    }
    return CompareSequences(a, b, rules, budget);
  }
  if (IsVector(a) && IsVector(b)) return CompareSequences(a, b, rules, budget);
  if (IsVector(a) && IsScalar(q)) {
    if (const auto vector = UnitVectors(b, a.kid_count()))
      return CompareSequences(a, {&*vector, vector->root(), b.sign}, rules, budget);
  }
  if (IsVector(b) && IsScalar(p)) {
    if (const auto vector = UnitVectors(a, b.kid_count()))
      return CompareSequences({&*vector, vector->root(), a.sign}, b, rules, budget);
  }
  return std::nullopt;
}

}  // namespace

bool IsScalar(Op op) {
  switch (op) {
    case Op::kNumber:
    case Op::kSymbol:
    case Op::kConstant:
    case Op::kAdd:
    case Op::kMul:
    case Op::kDiv:
    case Op::kNeg:
    case Op::kPow:
    case Op::kRoot:
    case Op::kCall:
    case Op::kApply:
    case Op::kFactorial:
    case Op::kAbs:
    case Op::kPlusMinus:
    case Op::kPercent:
    case Op::kSum:
    case Op::kProduct:
    case Op::kIntegral:
    case Op::kLimit:
    case Op::kMod:
    case Op::kTranspose:
      return true;
    default:
      return false;
  }
}

Match CompareValues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (!budget.Spend(2)) return Undecided("the budget of steps is spent");
  const Op p = a.op();
  const Op q = b.op();
  if (p == Op::kNumber && q == Op::kNumber) return CompareScalars(a, b, rules, budget);
  if (const auto match = CompareWordsAndDots(a, b, budget)) return *match;
  if (const auto match = CompareUnwrapped(a, b, rules, budget)) return *match;
  if (const auto match = CompareSolutions(a, b, rules, budget)) return *match;
  if (const auto match = CompareMeasured(a, b, rules, budget)) return *match;
  if (const auto match = CompareCollections(a, b, rules, budget)) return *match;
  if (const int s = SignOfInfinity(a), t = SignOfInfinity(b); s != 0 || t != 0) {
    return s == t ? Equal(How::kExact) : Different(How::kExact);
  }
  if (IsScalar(p) && IsScalar(q)) return CompareScalars(a, b, rules, budget);
  if (SameShape(a, b, budget)) return Equal(How::kExact, "the same expression");
  if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  return Different(How::kExact, "a different kind of answer");
}

}  // namespace assay::math
