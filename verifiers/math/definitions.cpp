#include "verifiers/math/definitions.h"

#include <algorithm>
#include <string>

namespace assay::math {
namespace {

using Names = std::vector<std::string_view>;

// The f(…) that an equation "f(…) = …" gives a value.
struct Definition {
  std::string name;
  std::vector<Ref> arguments;
};

std::optional<Definition> Defined(const Ref& e) {
  if (e.op() != Op::kRelation || e.tree->relation(e.id, 0) != Relation::kEqual) return std::nullopt;
  const Ref left = e.kid(0);
  Definition function;
  if (left.op() == Op::kMul && left.kid_count() == 2 && IsInverseFunction(left.kid(0))) {
    function.name = std::string(left.kid(0).kid(0).name()) + "^-1";
    function.arguments.push_back(left.kid(1));
    return function;
  }
  if (left.op() != Op::kApply) return std::nullopt;
  function.name = left.name();
  for (std::size_t i = 0; i < left.kid_count(); ++i) function.arguments.push_back(left.kid(i));
  return function;
}

// The names between the brackets of f(x, y); empty unless they are names, each another one.
Names NamesOf(const std::vector<Ref>& arguments) {
  Names names;
  for (const Ref& e : arguments) {
    if (e.op() != Op::kSymbol || std::find(names.begin(), names.end(), e.name()) != names.end())
      return {};
    names.push_back(e.name());
  }
  return names;
}

// A name that nobody can write.
std::string Placeholder(std::size_t i) { return "#" + std::to_string(i); }

class Renamer {
 public:
  Renamer(Tree& tree, const Names& from) : tree_(tree), from_(from.begin(), from.end()) {}

  void Rename(NodeId id) {
    if (tree_[id].op == Op::kSymbol) return RenameSymbol(id);
    const bool binds = tree_[id].op == Op::kSum || tree_[id].op == Op::kProduct ||
                       tree_[id].op == Op::kLimit ||
                       (tree_[id].op == Op::kIntegral && tree_[id].kid_count == 4);
    const std::size_t first = binds && IsArgument(tree_.kid(id, 1)) ? 2 : 0;  // shadowed
    for (std::size_t i = first; i < tree_[id].kid_count; ++i) Rename(tree_.kid(id, i));
  }

 private:
  bool IsArgument(NodeId id) const {
    return tree_[id].op == Op::kSymbol &&
           std::find(from_.begin(), from_.end(), tree_.name(id)) != from_.end();
  }

  // x, and the x of a_x.
  void RenameSymbol(NodeId id) {
    const std::string name(tree_.name(id));
    const std::size_t mark = name.find('_');
    const std::size_t from = mark == std::string::npos ? 0 : mark + 1;
    for (std::size_t i = 0; i < from_.size(); ++i) {
      if (name != from_[i] && (from == 0 || name.substr(from) != from_[i])) continue;
      const std::string renamed =
          name == from_[i] ? Placeholder(i) : name.substr(0, from) + Placeholder(i);
      const NodeId node = tree_.AddNamed(Op::kSymbol, renamed);
      tree_[id].data = tree_[node].data;
      return;
    }
  }

  Tree& tree_;
  std::vector<std::string> from_;
};

}  // namespace

bool IsInverseFunction(const Ref& e) {
  return e.op() == Op::kPow && e.kid(0).op() == Op::kSymbol && IsMinusOne(e.kid(1));
}

bool UnifyArguments(Ref& a, Ref& b, Tree& scratch_a, Tree& scratch_b) {
  const auto f = Defined(a);
  const auto g = f ? Defined(b) : std::nullopt;
  if (!g || f->name != g->name) return false;
  const Names from_a = NamesOf(f->arguments);
  const Names from_b = NamesOf(g->arguments);
  if (from_a.empty() || from_a.size() != from_b.size() || from_a == from_b) return false;
  scratch_a = *a.tree;
  scratch_b = *b.tree;
  Renamer(scratch_a, from_a).Rename(a.id);
  Renamer(scratch_b, from_b).Rename(b.id);
  a.tree = &scratch_a;
  b.tree = &scratch_b;
  return true;
}

bool AtOtherNumbers(const Ref& a, const Ref& b, Budget& budget) {
  const auto f = Defined(a);
  const auto g = f ? Defined(b) : std::nullopt;
  if (!g || f->name != g->name || f->arguments.size() != g->arguments.size()) return false;
  for (std::size_t i = 0; i < f->arguments.size(); ++i) {
    const auto x = ExactValue(f->arguments[i], budget);
    const auto y = x ? ExactValue(g->arguments[i], budget) : std::nullopt;
    if (y && *x != *y) return true;
  }
  return false;
}

}  // namespace assay::math
