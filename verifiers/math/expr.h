// verifiers/math/expr.h -- The expression tree: nodes in one arena, children by index.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifiers/math/rational.h"

namespace assay::math {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

enum class Op : std::uint8_t {
  kNumber,     // number(); decimals: digits after the point, -1 for integers and fractions
  kSymbol,     // name()
  kConstant,   // aux: Constant
  kAdd,        // n kids
  kMul,        // n kids
  kDiv,        // a / b
  kNeg,        // -a
  kPow,        // a ^ b
  kRoot,       // radicand, index
  kCall,       // aux: Function; kids: arguments (log: argument[, base])
  kApply,      // f(a, …) of an unknown function: name(), arguments
  kFactorial,  // a!
  kAbs,        // |a|
  kPlusMinus,  // [a,] b: both signs; aux 1: upper sign is minus
  kDegrees,    // a degrees
  kPercent,    // a percent
  kQuantity,   // a with the unit name(); aux: index of the unit, -1 for a word that only counts
  kParens,     // (a, b, …), at least 2 kids; with 2 kids also an open interval
  kBrackets,   // [a, b, …], at least 1 kid; with 2 kids also a closed interval
  kHalfOpen,   // a, b; aux 1: (a, b], aux 2: [a, b)
  kBraces,     // {a, b, …}, any number of kids
  kAngles,     // <a, b, …>
  kList,       // a, b, c; aux 1: some joined by "or", 2: statements joined by "and"
  kMatrix,     // aux: columns; kids row by row
  kUnion,      // n kids
  kIntersect,  // n kids
  kSetMinus,   // a \ b
  kSuchThat,   // {a | condition, …}
  kNumberSet,  // aux: 'N' 'Z' 'Q' 'R' 'C'
  kRelation,   // n kids and n-1 relations(); chains keep their order
  kText,       // name(): words
  kRatio,      // a : b [: c]
  kTime,       // hours, minutes[, seconds]; aux: 0 no half of day, 1 a.m., 2 p.m.
  kSum,        // body, variable, low, high
  kProduct,    // the same
  kIntegral,   // body, variable[, low, high]
  kLimit,      // body, variable, point; aux -1/0/1: from below, both, above
  kMod,        // a, modulus: a (mod m)
  kTranspose,  // a^T
  kDots,       // an ellipsis
};

enum class Constant : std::uint8_t { kPi, kE, kI, kInfinity, kPhi, kGamma };

enum class Function : std::uint8_t {
  kSin,
  kCos,
  kTan,
  kCot,
  kSec,
  kCsc,
  kArcsin,
  kArccos,
  kArctan,
  kArccot,
  kArcsec,
  kArccsc,
  kSinh,
  kCosh,
  kTanh,
  kCoth,
  kSech,
  kCsch,
  kArsinh,
  kArcosh,
  kArtanh,
  kLog,
  kLn,
  kExp,
  kFloor,
  kCeil,
  kBinomial,
  kGcd,
  kLcm,
  kMax,
  kMin,
  kDet,
  kRe,
  kIm,
  kConj,
  kArg,
  kSign,
  kTrace,
  kGammaOf,
  kZeta,
};

enum class Relation : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kApprox,
  kIn,
  kNotIn,
  kCongruent,
  kSubset,
};

struct Node {
  Op op = Op::kDots;
  std::int16_t aux = 0;
  std::int16_t decimals = -1;    // kNumber
  std::int16_t significant = 0;  // kNumber: digits from the first that is not 0
  std::uint32_t first_kid = 0;
  std::uint32_t kid_count = 0;
  std::uint32_t data = 0;   // kNumber: number index; names: name index; kRelation: first op
  std::uint32_t begin = 0;  // where it stood in the parsed text
  std::uint32_t end = 0;
};

// One parsed answer. Movable; const access from many threads.
class Tree {
 public:
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  Node& operator[](NodeId id) { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }

  NodeId root() const { return root_; }
  void set_root(NodeId id) { root_ = id; }

  std::span<const NodeId> kids(NodeId id) const {
    return {kids_.data() + nodes_[id].first_kid, nodes_[id].kid_count};
  }
  NodeId kid(NodeId id, std::size_t i) const { return kids_[nodes_[id].first_kid + i]; }
  const Rational& number(NodeId id) const { return numbers_[nodes_[id].data]; }
  std::string_view name(NodeId id) const { return names_[nodes_[id].data]; }
  Relation relation(NodeId id, std::size_t i) const { return relations_[nodes_[id].data + i]; }
  std::size_t name_count() const { return names_.size(); }

  NodeId Add(Op op, std::span<const NodeId> kids, int aux = 0);
  NodeId Add(Op op, std::initializer_list<NodeId> kids, int aux = 0) {
    return Add(op, std::span<const NodeId>(kids.begin(), kids.size()), aux);
  }
  NodeId AddNumber(Rational value, int decimals = -1, int significant = 0);
  NodeId AddNamed(Op op, std::string_view name, std::span<const NodeId> kids = {}, int aux = 0);
  NodeId AddRelation(std::span<const NodeId> kids, std::span<const Relation> relations);

 private:
  std::vector<Node> nodes_;
  std::vector<NodeId> kids_;
  std::vector<Rational> numbers_;
  std::vector<std::string> names_;
  std::vector<Relation> relations_;
  NodeId root_ = kNoNode;
};

// The tree as text that parses to the same tree again: one spelling for each construct.
std::string Print(const Tree& tree, NodeId id);

}  // namespace assay::math
