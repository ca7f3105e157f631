#include "verifiers/math/expr.h"

#include <algorithm>

namespace assay::math {

NodeId Tree::Add(Op op, std::span<const NodeId> kids, int aux) {
  Node node;
  node.op = op;
  node.aux = static_cast<std::int16_t>(aux);
  node.first_kid = static_cast<std::uint32_t>(kids_.size());
  node.kid_count = static_cast<std::uint32_t>(kids.size());
  kids_.insert(kids_.end(), kids.begin(), kids.end());
  nodes_.push_back(node);
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId Tree::AddNumber(Rational value, int decimals, int significant) {
  const NodeId id = Add(Op::kNumber, {});
  nodes_[id].data = static_cast<std::uint32_t>(numbers_.size());
  nodes_[id].decimals = static_cast<std::int16_t>(decimals);
  nodes_[id].significant = static_cast<std::int16_t>(significant);
  numbers_.push_back(std::move(value));
  return id;
}

NodeId Tree::AddNamed(Op op, std::string_view name, std::span<const NodeId> kids, int aux) {
  const NodeId id = Add(op, kids, aux);
  const auto found = std::find(names_.begin(), names_.end(), name);
  nodes_[id].data = static_cast<std::uint32_t>(found - names_.begin());
  if (found == names_.end()) names_.emplace_back(name);
  return id;
}

NodeId Tree::AddRelation(std::span<const NodeId> kids, std::span<const Relation> relations) {
  const NodeId id = Add(Op::kRelation, kids);
  nodes_[id].data = static_cast<std::uint32_t>(relations_.size());
  relations_.insert(relations_.end(), relations.begin(), relations.end());
  return id;
}

}  // namespace assay::math
