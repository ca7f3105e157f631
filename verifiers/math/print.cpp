#include "verifiers/math/expr.h"
namespace assay::math {
std::string Print(const Tree& tree, NodeId id) {
  // a bracketed dump until the printer is in place
  std::string s = "(" + std::to_string(static_cast<int>(tree[id].op));
  if (tree[id].op == Op::kNumber) s += " " + tree.number(id).ToString();
  if (tree[id].op == Op::kSymbol || tree[id].op == Op::kText || tree[id].op == Op::kQuantity)
    s += " " + std::string(tree.name(id));
  for (const NodeId kid : tree.kids(id)) s += " " + Print(tree, kid);
  return s + ")";
}
}  // namespace assay::math
