#include "verifiers/math/progressions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "verifiers/math/angles.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/cut.h"
#include "verifiers/math/parameters.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

constexpr std::size_t kMaxMembers = 12;
constexpr std::int64_t kMaxModulus = 100'000;
constexpr std::int64_t kMaxDenominator = 720;
constexpr double kMaxRatio = 10'000;

bool Mentions(const Ref& e, char letter) { return Mentions(e, std::string_view(&letter, 1)); }

// (-1)^k
bool Alternates(const Ref& e, char letter) {
  return AnyPart(e, [letter](const Ref& part) {
    return part.op() == Op::kPow && IsMinusOne(part.kid(0)) && Mentions(part.kid(1), letter);
  });
}

// slope · k + rest
struct Line {
  NodeId slope = kNoNode;
  NodeId rest = kNoNode;
};

// All progressions of both answers, in one tree.
class Arena {
 public:
  Arena(char letter, Budget& budget) : letter_(letter), budget_(budget) {}

  Tree& tree() { return tree_; }
  Ref At(NodeId id) { return {&tree_, id, 0}; }

  // The value in this tree, with one sign for ± and without degree signs; `parity`: for k = 2 k' +
  // parity, -1 for k itself. kNoNode where that cannot be.
  NodeId Import(const Ref& e, int parity) {
    if (!budget_.Spend(1)) return kNoNode;
    switch (e.op()) {
      case Op::kNumber:
        return tree_.AddNumber(e.number());
      case Op::kSymbol:
        return parity >= 0 && Mentions(e, letter_) ? Doubled(e, parity)
                                                   : tree_.AddNamed(Op::kSymbol, e.name());
      case Op::kDegrees:
        return Import(e.kid(0), parity);
      case Op::kPlusMinus:
        return ImportSigned(e, parity);
      case Op::kPow:
        if (parity >= 0 && IsMinusOne(e.kid(0)) && Mentions(e.kid(1), letter_))
          return PowerOfMinusOne(e.kid(1), parity);
        break;
      case Op::kConstant:
      case Op::kAdd:
      case Op::kMul:
      case Op::kDiv:
      case Op::kNeg:
      case Op::kRoot:
      case Op::kCall:
        break;
      default:
        return kNoNode;
    }
    std::vector<NodeId> kids;
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      kids.push_back(Import(e.kid(i), parity));
      if (kids.back() == kNoNode) return kNoNode;
    }
    return tree_.Add(e.op(), kids, e.node().aux);
  }

  // The parts of an expression of this tree that is linear in k.
  std::optional<Line> Split(NodeId id) {
    const Ref e = At(id);
    if (!Mentions(e, letter_)) return Line{tree_.AddNumber(Rational(0)), id};
    switch (e.op()) {
      case Op::kSymbol:
        return Line{tree_.AddNumber(Rational(1)), tree_.AddNumber(Rational(0))};
      case Op::kNeg: {
        const auto kid = Split(e.kid(0).id);
        if (!kid) return std::nullopt;
        return Line{tree_.Add(Op::kNeg, {kid->slope}), tree_.Add(Op::kNeg, {kid->rest})};
      }
      case Op::kAdd:
        return SplitSum(e);
      case Op::kMul:
        return SplitProduct(e);
      case Op::kDiv: {
        const NodeId below = e.kid(1).id;
        const auto top = Mentions(e.kid(1), letter_) ? std::nullopt : Split(e.kid(0).id);
        if (!top) return std::nullopt;
        return Line{tree_.Add(Op::kDiv, {top->slope, below}),
                    tree_.Add(Op::kDiv, {top->rest, below})};
      }
      default:
        return std::nullopt;
    }
  }

 private:
  NodeId Doubled(const Ref& e, int parity) {
    const NodeId two = tree_.AddNumber(Rational(2));
    const NodeId name = tree_.AddNamed(Op::kSymbol, e.name());
    const NodeId even = tree_.Add(Op::kMul, {two, name});
    return parity == 0 ? even : tree_.Add(Op::kAdd, {even, tree_.AddNumber(Rational(1))});
  }

  NodeId ImportSigned(const Ref& e, int parity) {
    if (e.sign == 0) return kNoNode;
    const bool minus = (e.sign > 0) == (e.node().aux == 1);
    NodeId last = Import(e.kid(e.kid_count() - 1), parity);
    if (last == kNoNode) return kNoNode;
    if (minus) last = tree_.Add(Op::kNeg, {last});
    if (e.kid_count() == 1) return last;
    const NodeId first = Import(e.kid(0), parity);
    return first == kNoNode ? kNoNode : tree_.Add(Op::kAdd, {first, last});
  }

  NodeId PowerOfMinusOne(const Ref& exponent, int parity) {
    const NodeId id = Import(exponent, -1);
    const auto line = id == kNoNode ? std::nullopt : Split(id);
    if (!line) return kNoNode;
    const auto slope = ExactValue(At(line->slope), budget_);
    const auto rest = ExactValue(At(line->rest), budget_);
    if (!slope || !rest) return kNoNode;
    const auto power = (*slope * Rational(parity) + *rest).ToInt();
    if (!power || !slope->IsInteger()) return kNoNode;
    return tree_.AddNumber(Rational(*power % 2 == 0 ? 1 : -1));
  }

  std::optional<Line> SplitSum(const Ref& e) {
    std::vector<NodeId> slopes;
    std::vector<NodeId> rests;
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      const auto kid = Split(e.kid(i).id);
      if (!kid) return std::nullopt;
      slopes.push_back(kid->slope);
      rests.push_back(kid->rest);
    }
    return Line{tree_.Add(Op::kAdd, slopes), tree_.Add(Op::kAdd, rests)};
  }

  std::optional<Line> SplitProduct(const Ref& e) {
    std::optional<Line> line;
    std::vector<NodeId> factors;
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      if (!Mentions(e.kid(i), letter_)) {
        factors.push_back(e.kid(i).id);
      } else if (line || !(line = Split(e.kid(i).id))) {
        return std::nullopt;
      }
    }
    const auto times = [&](NodeId part) {
      std::vector<NodeId> all = factors;
      all.push_back(part);
      return tree_.Add(Op::kMul, all);
    };
    return Line{times(line->slope), times(line->rest)};
  }

  char letter_;
  Budget& budget_;
  Tree tree_;
};

// What one answer lists.
struct Side {
  std::vector<Line> members;
  std::string name;  // of the unknown, "" if none is given
  bool all_named = true;
};

// The name on the left of "x = …" and "x_1 = …", and the right side; nothing where the answer says
// something else.
std::optional<Ref> Value(const Ref& item, char letter, Side& side) {
  if (item.op() != Op::kRelation) {
    side.all_named = false;
    return item;
  }
  if (item.kid_count() != 2 || item.tree->relation(item.id, 0) != Relation::kEqual ||
      item.kid(0).op() != Op::kSymbol) {
    return std::nullopt;
  }
  std::string_view name = item.kid(0).name();
  const std::size_t mark = name.find('_');
  if (mark != std::string_view::npos) {
    const std::string_view index = name.substr(mark + 1);
    if (!std::all_of(index.begin(), index.end(), IsDigit)) return std::nullopt;
    name = name.substr(0, mark);
  }
  if (name == std::string_view(&letter, 1)) return std::nullopt;
  if (!side.name.empty() && side.name != name) return std::nullopt;
  side.name = name;
  return item.kid(1);
}

bool AddMembers(const Ref& value, char letter, Arena& arena, Side& side) {
  if (Contains(value, Op::kDegrees) && !IsInDegrees(value)) return false;
  const bool alternates = Alternates(value, letter);
  for (int parity = alternates ? 0 : -1; parity < (alternates ? 2 : 0); ++parity) {
    const NodeId id = arena.Import(value, parity);
    const auto line = id == kNoNode ? std::nullopt : arena.Split(id);
    if (!line || HasFreeNames(arena.At(line->slope)) || HasFreeNames(arena.At(line->rest)))
      return false;
    side.members.push_back(*line);
  }
  return side.members.size() <= kMaxMembers;
}

std::optional<Side> ReadSide(std::string_view text, char letter, Arena& arena) {
  const auto tree = ParseFormula(text);
  if (!tree) return std::nullopt;
  const Ref root{&*tree, tree->root()};
  std::vector<Ref> items;
  if (root.op() == Op::kBraces) {
    for (std::size_t i = 0; i < root.kid_count(); ++i) {
      for (const Ref& item : Elements(root.kid(i))) items.push_back(item);
    }
  } else {
    items = Elements(root);
  }
  Side side;
  for (const Ref& item : items) {
    const auto value = Value(item, letter, side);
    if (!value || !AddMembers(*value, letter, arena, side)) return std::nullopt;
  }
  // one scale for all: a term without the sign beside an angle in degrees is another thing
  const bool degrees = Contains(root, Op::kDegrees);
  for (const Ref& item : items) {
    if (degrees && !Contains(item, Op::kDegrees)) return std::nullopt;
  }
  if (side.members.empty()) return std::nullopt;
  return side;
}

struct Fraction {
  std::int64_t top = 0;
  std::int64_t bottom = 1;
};

// x / y, where that is a rational number of moderate size.
std::optional<Fraction> Ratio(Arena& arena, NodeId x, NodeId y, Budget& budget, How& how) {
  EvaluationRules rules;
  rules.precision = 128;
  Ball p;
  Ball q;
  if (!Evaluate(arena.At(x), rules, budget, p) || !Evaluate(arena.At(y), rules, budget, q))
    return std::nullopt;
  if (acb_contains_zero(q.get()) != 0) return std::nullopt;
  acb_div(p.get(), p.get(), q.get(), 128);
  if (arb_contains_zero(acb_imagref(p.get())) == 0) return std::nullopt;
  const double ratio = arf_get_d(arb_midref(acb_realref(p.get())), ARF_RND_NEAR);
  if (!(std::fabs(ratio) < kMaxRatio)) return std::nullopt;
  for (std::int64_t bottom = 1; bottom <= kMaxDenominator; ++bottom) {
    const double top = ratio * static_cast<double>(bottom);
    if (std::fabs(top - std::round(top)) > 1e-8) continue;
    const Fraction f{static_cast<std::int64_t>(std::llround(top)), bottom};
    const NodeId factor = arena.tree().AddNumber(Rational(f.top, f.bottom));
    const NodeId multiple = arena.tree().Add(Op::kMul, {factor, y});
    const Match match = CompareScalars(arena.At(x), arena.At(multiple), Rules{}, budget);
    if (!match.equal()) return std::nullopt;
    if (match.how != How::kExact) how = match.how;
    return f;
  }
  return std::nullopt;
}

// Progressions whose offsets differ by rational multiples of the period that all are measured in.
struct Class {
  NodeId offset = kNoNode;
  struct Member {
    std::size_t side = 0;
    Fraction period;
    Fraction offset;
  };
  std::vector<Member> members;
};

// Whether both sides leave the same residues.
bool SameResidues(const Class& c, Budget& budget) {
  std::int64_t scale = 1;
  for (const auto& m : c.members) {
    for (const std::int64_t bottom : {m.period.bottom, m.offset.bottom}) {
      scale = std::lcm(scale, bottom);
      if (scale > kMaxModulus) return false;
    }
  }
  const auto scaled = [&](const Fraction& f) { return f.top * (scale / f.bottom); };
  std::int64_t modulus = 1;
  for (const auto& m : c.members) {
    modulus = std::lcm(modulus, std::abs(scaled(m.period)));
    if (modulus > kMaxModulus || !budget.Spend(10 + modulus / 100)) return false;
  }
  std::array<std::vector<bool>, 2> residues;
  for (auto& side : residues) side.resize(static_cast<std::size_t>(modulus), false);
  for (const auto& m : c.members) {
    const std::int64_t period = std::abs(scaled(m.period));
    std::int64_t at = scaled(m.offset) % period;
    if (at < 0) at += period;
    for (; at < modulus; at += period) residues[m.side][static_cast<std::size_t>(at)] = true;
  }
  return residues[0] == residues[1];
}

std::optional<Match> SameUnion(Arena& arena, const Side& a, const Side& b, Budget& budget) {
  How how = How::kExact;
  const NodeId unit = a.members[0].slope;
  std::vector<Class> classes;
  for (const Side* side : {&a, &b}) {
    for (const Line& line : side->members) {
      Class::Member member;
      member.side = side == &a ? 0 : 1;
      const auto period = Ratio(arena, line.slope, unit, budget, how);
      if (!period || period->top == 0) return std::nullopt;
      member.period = *period;
      bool placed = false;
      for (Class& c : classes) {
        const NodeId negated = arena.tree().Add(Op::kNeg, {c.offset});
        const NodeId distance = arena.tree().Add(Op::kAdd, {line.rest, negated});
        const auto offset = Ratio(arena, distance, unit, budget, how);
        if (!offset) continue;
        member.offset = *offset;
        c.members.push_back(member);
        placed = true;
        break;
      }
      if (!placed) classes.push_back({line.rest, {member}});
    }
  }
  for (const Class& c : classes) {
    if (!SameResidues(c, budget)) return std::nullopt;
  }
  return Equal(how, "the same general solution");
}

// Where nothing says that the letter is an integer, the form must: "x = … + 2k\pi or x = …".
bool SpeaksForItself(Arena& arena, const Side& a, const Side& b, Budget& budget) {
  if (!a.all_named || !b.all_named || std::max(a.members.size(), b.members.size()) < 2)
    return false;
  // "S = k\pi" may be a formula in a given k
  static constexpr std::array<std::string_view, 8> kUnknowns = {"x",     "t",    "z",   "theta",
                                                                "alpha", "beta", "phi", "varphi"};
  if (std::find(kUnknowns.begin(), kUnknowns.end(), a.name) == kUnknowns.end()) return false;
  const NodeId pi = arena.tree().Add(Op::kConstant, {}, static_cast<int>(Constant::kPi));
  How how = How::kExact;
  return Ratio(arena, a.members[0].slope, pi, budget, how).has_value();
}

std::optional<Match> CompareWith(char letter_a, std::string_view a_text, char letter_b,
                                 std::string_view b_text, bool declared, Budget& budget) {
  Arena arena(letter_a, budget);
  const auto a = ReadSide(a_text, letter_a, arena);
  if (!a) return std::nullopt;
  Arena other(letter_b, budget);
  const auto lines = ReadSide(b_text, letter_b, other);
  if (!lines) return std::nullopt;
  Side b = *lines;
  for (Line& line : b.members) {  // into one tree
    line.slope = arena.Import(other.At(line.slope), -1);
    line.rest = arena.Import(other.At(line.rest), -1);
    if (line.slope == kNoNode || line.rest == kNoNode) return std::nullopt;
  }
  if (!a->name.empty() && !b.name.empty() && a->name != b.name) return std::nullopt;
  if (!declared && !SpeaksForItself(arena, *a, b, budget)) return std::nullopt;
  return SameUnion(arena, *a, b, budget);
}

}  // namespace

std::optional<Match> CompareProgressions(std::string_view a_text, std::string_view b_text,
                                         Budget& budget) {
  const std::string_view a_plain = StripWrappers(a_text);
  const std::string_view b_plain = StripWrappers(b_text);
  const auto a = ReadGeneralSolution(a_plain);
  const auto b = ReadGeneralSolution(b_plain);
  if (a && b) return CompareWith(a->parameter, a->text, b->parameter, b->text, true, budget);
  if (!a && !b) {
    if (a_plain.find('=') == std::string_view::npos || b_plain.find('=') == std::string_view::npos)
      return std::nullopt;
    for (const char letter : {'k', 'n'}) {
      if (a_plain.find(letter) == std::string_view::npos ||
          b_plain.find(letter) == std::string_view::npos) {
        continue;
      }
      const std::string a_flat = WithoutTextCommands(a_plain);
      const std::string b_flat = WithoutTextCommands(b_plain);
      if (auto match = CompareWith(letter, a_flat, letter, b_flat, false, budget)) return match;
    }
    return std::nullopt;
  }
  const GeneralSolution& said = a ? *a : *b;
  const std::string unsaid = WithoutTextCommands(a ? b_plain : a_plain);
  std::string letters(1, said.parameter);
  for (const char customary : {'k', 'n'}) {
    if (customary != said.parameter) letters += customary;
  }
  for (const char letter : letters) {
    if (unsaid.find(letter) == std::string::npos) continue;
    auto match = CompareWith(said.parameter, said.text, letter, unsaid, true, budget);
    if (match) return match;
  }
  return std::nullopt;
}

}  // namespace assay::math
