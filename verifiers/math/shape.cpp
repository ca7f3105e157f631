// Structural equality up to the order of sums and products.
#include <algorithm>

#include "verifiers/math/scalar.h"

namespace assay::math {
namespace {

bool Commutes(Op op) {
  return op == Op::kAdd || op == Op::kMul || op == Op::kUnion || op == Op::kIntersect;
}

bool HasName(Op op) {
  return op == Op::kSymbol || op == Op::kApply || op == Op::kText || op == Op::kQuantity;
}

bool Same(const Ref& a, const Ref& b, Budget& budget) {
  if (!budget.Spend(1)) return false;
  const Node& x = a.node();
  const Node& y = b.node();
  if (x.op != y.op || x.kid_count != y.kid_count || x.op == Op::kDots) return false;
  if (x.op == Op::kNumber) return a.number() == b.number();
  if (x.aux != y.aux) return false;
  if (HasName(x.op) && a.name() != b.name()) return false;
  if (x.op == Op::kPlusMinus && a.sign != b.sign) return false;
  if (x.op == Op::kRelation) {
    for (std::size_t i = 0; i + 1 < x.kid_count; ++i) {
      if (a.tree->relation(a.id, i) != b.tree->relation(b.id, i)) return false;
    }
  }
  // anything that may be undefined is left to evaluation
  if (x.op == Op::kDiv && b.kid(1).op() == Op::kNumber && b.kid(1).number().IsZero()) return false;
  bool in_order = true;
  for (std::size_t i = 0; in_order && i < x.kid_count; ++i)
    in_order = Same(a.kid(i), b.kid(i), budget);
  if (in_order) return true;
  if (!Commutes(x.op) || x.kid_count > 16) return false;
  std::vector<bool> used(x.kid_count, false);
  for (std::size_t i = 0; i < x.kid_count; ++i) {
    bool found = false;
    for (std::size_t j = 0; j < x.kid_count && !found; ++j) {
      if (used[j] || !Same(a.kid(i), b.kid(j), budget)) continue;
      used[j] = true;
      found = true;
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool SameShape(const Ref& a, const Ref& b, Budget& budget) { return Same(a, b, budget); }

}  // namespace assay::math
