// Vectors as sums of the unit vectors i, j and k.
#include "verifiers/math/kinds.h"

namespace assay::math {

std::optional<Tree> UnitVectors(const Ref& e, std::size_t size) {
  if (size < 2 || size > 3) return std::nullopt;
  Tree tree = *e.tree;
  std::vector<NodeId> parts(size, kNoNode);
  bool beyond_i = false;
  const auto put = [&](const Ref& term, bool negative) {
    std::size_t index = size;
    std::vector<NodeId> factors;
    const auto factor = [&](const Ref& f) {
      std::size_t at = 3;
      if (f.op() == Op::kConstant && f.node().aux == static_cast<int>(Constant::kI)) at = 0;
      if (f.op() == Op::kSymbol && f.name() == "j") at = 1;
      if (f.op() == Op::kSymbol && f.name() == "k") at = 2;
      if (at == 3) {
        factors.push_back(f.id);
        return true;
      }
      if (index != size || at >= size) return false;
      index = at;
      return true;
    };
    if (term.op() == Op::kMul) {
      for (std::size_t i = 0; i < term.kid_count(); ++i) {
        if (!factor(term.kid(i))) return false;
      }
    } else if (!factor(term)) {
      return false;
    }
    if (index >= size || parts[index] != kNoNode) return false;
    beyond_i = beyond_i || index > 0;
    NodeId value = factors.empty()
                       ? tree.AddNumber(Rational(1))
                       : (factors.size() == 1 ? factors[0] : tree.Add(Op::kMul, factors));
    if (negative) value = tree.Add(Op::kNeg, {value});
    parts[index] = value;
    return true;
  };
  const auto signed_term = [&](Ref term) {
    bool negative = false;
    while (term.op() == Op::kNeg) {
      negative = !negative;
      term = term.kid(0);
    }
    return put(term, negative);
  };
  if (e.op() == Op::kAdd) {
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      if (!signed_term(e.kid(i))) return std::nullopt;
    }
  } else if (!signed_term(e)) {
    return std::nullopt;
  }
  if (!beyond_i) return std::nullopt;
  for (NodeId& part : parts) {
    if (part == kNoNode) part = tree.AddNumber(Rational(0));
  }
  tree.set_root(tree.Add(Op::kAngles, parts));
  return tree;
}

}  // namespace assay::math
