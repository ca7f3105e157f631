#include "verifiers/math/angles.h"

namespace assay::math {
namespace {

// What a part of a formula says about its scale.
enum class Scale {
  kOther,    // a number without the sign, the value of a function, a mixture
  kNames,    // names with plain coefficients, as 2x: in the scale of whatever stands beside them
  kDegrees,  // a term with the sign, and none that lacks it
};

// Numbers and names joined by arithmetic: what may multiply an angle.
bool IsPlain(const Ref& e) {
  switch (e.op()) {
    case Op::kNumber:
    case Op::kSymbol:
      return true;
    case Op::kAdd:
    case Op::kMul:
    case Op::kDiv:
    case Op::kNeg:
    case Op::kPow:
    case Op::kRoot:
      break;
    default:
      return false;
  }
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (!IsPlain(e.kid(i))) return false;
  }
  return true;
}

Scale ScaleOf(const Ref& e);

Scale ScaleOfSum(const Ref& e) {
  Scale sum = Scale::kNames;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    const Scale term = ScaleOf(e.kid(i));
    if (term == Scale::kOther) return Scale::kOther;
    if (term == Scale::kDegrees) sum = Scale::kDegrees;
  }
  return sum;
}

Scale ScaleOfProduct(const Ref& e) {
  int angles = 0;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (IsPlain(e.kid(i))) continue;
    if (ScaleOf(e.kid(i)) != Scale::kDegrees || ++angles > 1) return Scale::kOther;
  }
  if (angles == 1) return Scale::kDegrees;
  return Contains(e, Op::kSymbol) ? Scale::kNames : Scale::kOther;
}

Scale ScaleOf(const Ref& e) {
  switch (e.op()) {
    case Op::kDegrees:
      return IsPlain(e.kid(0)) ? Scale::kDegrees : Scale::kOther;
    case Op::kSymbol:
      return Scale::kNames;
    case Op::kNeg:
      return ScaleOf(e.kid(0));
    case Op::kAdd:
    case Op::kPlusMinus:
      return ScaleOfSum(e);
    case Op::kMul:
      return ScaleOfProduct(e);
    case Op::kDiv:
      return IsPlain(e.kid(1)) ? ScaleOf(e.kid(0)) : Scale::kOther;
    case Op::kPow:
    case Op::kRoot:
      return IsPlain(e) && Contains(e, Op::kSymbol) ? Scale::kNames : Scale::kOther;
    default:
      return Scale::kOther;
  }
}

void TakeSignsOff(Tree& tree, NodeId id) {
  while (tree[id].op == Op::kDegrees) tree[id] = tree[tree.kid(id, 0)];
  for (const NodeId kid : tree.kids(id)) TakeSignsOff(tree, kid);
}

}  // namespace

bool IsInDegrees(const Ref& e) { return ScaleOf(e) == Scale::kDegrees; }

Ref WithoutDegrees(const Ref& e, Tree& scratch) {
  scratch = *e.tree;
  TakeSignsOff(scratch, e.id);
  return {&scratch, e.id, e.sign};
}

bool DropDegrees(Ref& a, Ref& b, Tree& scratch_a, Tree& scratch_b) {
  const bool marked_a = Contains(a, Op::kDegrees);
  const bool marked_b = Contains(b, Op::kDegrees);
  if (!marked_a && !marked_b) return false;
  if ((marked_a && !IsInDegrees(a)) || (marked_b && !IsInDegrees(b))) return false;
  if (marked_a) a = WithoutDegrees(a, scratch_a);
  if (marked_b) b = WithoutDegrees(b, scratch_b);
  return true;
}

}  // namespace assay::math
