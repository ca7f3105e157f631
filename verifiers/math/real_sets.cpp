// Sets of real numbers: intervals, points, unions, and the inequalities that describe them.
//
// A set whose ends cannot be ordered is no real set, and the caller falls back to comparing
// structure.
#include <deque>

#include "verifiers/math/compare.h"
#include "verifiers/math/intervals.h"

namespace assay::math {
namespace {

class Converter {
 public:
  explicit Converter(Budget& budget) : budget_(budget), sets_(budget) {}

  std::optional<RealSet> Convert(const Ref& e) {
    auto set = Of(e, 0);
    if (!set || !sets_.Normalize(*set)) return std::nullopt;
    return set;
  }

  // The variable that inequalities were about; "" if there were none.
  const std::string& variable() const { return variable_; }
  // Whether anything but a bare pair of brackets was seen.
  bool is_set() const { return is_set_; }

 private:
  using Result = std::optional<RealSet>;

  Ref Number(const Rational& r) {
    trees_.emplace_back();
    const NodeId id = trees_.back().AddNumber(r);
    return {&trees_.back(), id, 0};
  }
  Ref Negated(const Ref& e) {
    trees_.push_back(*e.tree);
    const NodeId id = trees_.back().Add(Op::kNeg, {e.id});
    return {&trees_.back(), id, e.sign};
  }

  static bool Infinity(const Ref& e, int* sign) {
    if (e.op() == Op::kConstant && e.node().aux == static_cast<int>(Constant::kInfinity)) {
      *sign = 1;
      return true;
    }
    if (e.op() == Op::kNeg && Infinity(e.kid(0), sign)) {
      *sign = -*sign;
      return true;
    }
    return false;
  }

  End MakeEnd(const Ref& e, bool open) {
    End end;
    end.open = open;
    if (Infinity(e, &end.infinite)) {
      end.open = true;
    } else {
      end.value = e;
    }
    return end;
  }
  Result Of(const Ref& e, int depth) {
    if (depth > 16 || !budget_.Spend(10)) return std::nullopt;
    switch (e.op()) {
      case Op::kParens:
      case Op::kBrackets:
      case Op::kHalfOpen: {
        if (e.kid_count() != 2) return std::nullopt;
        if (e.op() == Op::kHalfOpen) is_set_ = true;
        const bool low_open =
            e.op() == Op::kParens || (e.op() == Op::kHalfOpen && e.node().aux == 1);
        const bool high_open =
            e.op() == Op::kParens || (e.op() == Op::kHalfOpen && e.node().aux == 2);
        return RealSet{{MakeEnd(e.kid(0), low_open), MakeEnd(e.kid(1), high_open)}};
      }
      case Op::kBraces: {
        RealSet set;
        for (std::size_t i = 0; i < e.kid_count(); ++i) {
          for (const Ref& item : Elements(e.kid(i))) {
            if (item.op() == Op::kRelation || item.op() == Op::kParens) return std::nullopt;
            set.push_back({MakeEnd(item, false), MakeEnd(item, false)});
          }
        }
        return set;
      }
      case Op::kUnion: {
        is_set_ = true;
        RealSet all;
        for (std::size_t i = 0; i < e.kid_count(); ++i) {
          auto part = Of(e.kid(i), depth + 1);
          if (!part) return std::nullopt;
          all.insert(all.end(), part->begin(), part->end());
        }
        return all;
      }
      case Op::kIntersect: {
        is_set_ = true;
        auto a = Of(e.kid(0), depth + 1);
        auto b = Of(e.kid(1), depth + 1);
        return sets_.Intersect(a, b);
      }
      case Op::kSetMinus: {
        is_set_ = true;
        auto a = Of(e.kid(0), depth + 1);
        auto b = Of(e.kid(1), depth + 1);
        return sets_.Intersect(a, sets_.Complement(b));
      }
      case Op::kAdd:  // R - {0}
        if (e.kid_count() == 2 && e.kid(1).op() == Op::kNeg && e.kid(0).op() == Op::kNumberSet) {
          is_set_ = true;
          auto a = Of(e.kid(0), depth + 1);
          auto b = Of(e.kid(1).kid(0), depth + 1);
          return sets_.Intersect(a, sets_.Complement(b));
        }
        return std::nullopt;
      case Op::kNumberSet:
        if (e.node().aux != 'R') return std::nullopt;
        is_set_ = true;
        return RealSet{{Infinite(-1), Infinite(1)}};
      case Op::kSuchThat:
        return SuchThat(e, depth);
      case Op::kRelation:
        return Chain(e, depth);
      case Op::kList:
        return List(e, depth);
      default:
        return std::nullopt;
    }
  }

  Result SuchThat(const Ref& e, int depth) {
    is_set_ = true;
    Result set = RealSet{{Infinite(-1), Infinite(1)}};
    const Ref head = e.kid(0);
    if (head.op() == Op::kRelation) {
      set = Of(head, depth + 1);
    } else if (head.op() != Op::kSymbol) {
      return std::nullopt;
    } else if (!Variable(head)) {
      return std::nullopt;
    }
    for (std::size_t i = 1; i < e.kid_count(); ++i)
      set = sets_.Intersect(set, Of(e.kid(i), depth + 1));
    return set;
  }

  bool Variable(const Ref& e) {
    if (variable_.empty()) variable_ = std::string(e.name());
    return variable_ == e.name();
  }

  // Inequalities joined by words: a union by "or", all of them at once by "and"; by commas all of
  // them at once where that is possible, else a union.
  Result List(const Ref& e, int depth) {
    std::vector<RealSet> parts;
    bool all_excluded = true;
    bool intervals = true;  // "(-oo, 2) or (3, oo)"
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      const Op op = e.kid(i).op();
      intervals = intervals && (op == Op::kParens || op == Op::kHalfOpen || op == Op::kBrackets);
    }
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      const Ref kid = e.kid(i);
      if (!intervals && kid.op() != Op::kRelation && kid.op() != Op::kList) return std::nullopt;
      all_excluded = all_excluded && kid.op() == Op::kRelation &&
                     kid.tree->relation(kid.id, 0) == Relation::kNotEqual;
      auto part = Of(kid, depth + 1);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
    RealSet both = parts[0];
    bool empty = false;
    if (!intervals && (e.node().aux != 1 || all_excluded)) {
      for (std::size_t i = 1; i < parts.size() && !empty; ++i) {
        auto next = sets_.Intersect(both, parts[i]);
        if (!next) return std::nullopt;
        both = std::move(*next);
        empty = both.empty();
      }
      if (!empty || e.node().aux == 2) return both;
    }
    RealSet all;
    for (const RealSet& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
  }

  Result Chain(const Ref& e, int depth) {
    Result set = RealSet{{Infinite(-1), Infinite(1)}};
    for (std::size_t i = 0; i + 1 < e.kid_count(); ++i) {
      set = sets_.Intersect(set, Link(e.kid(i), e.tree->relation(e.id, i), e.kid(i + 1), depth));
    }
    return set;
  }

  Result Link(const Ref& left, Relation r, const Ref& right, int depth) {
    if (r == Relation::kIn || r == Relation::kNotIn) {
      if (left.op() != Op::kSymbol || !Variable(left)) return std::nullopt;
      is_set_ = true;
      auto set = Of(right, depth + 1);
      return r == Relation::kIn ? set : sets_.Complement(set);
    }
    if (r != Relation::kLess && r != Relation::kLessEqual && r != Relation::kGreater &&
        r != Relation::kGreaterEqual && r != Relation::kNotEqual && r != Relation::kEqual) {
      return std::nullopt;
    }
    if (r != Relation::kEqual) is_set_ = true;
    if (HasFreeNames(right) && !HasFreeNames(left)) return Solve(right, Mirror(r), left);
    if (HasFreeNames(left) && !HasFreeNames(right)) return Solve(left, r, right);
    return std::nullopt;
  }

  // expression r constant, for x, -x, a x + b with rational a, b, and |x - b|.
  Result Solve(const Ref& e, Relation r, const Ref& constant) {
    if (e.op() == Op::kSymbol) {
      if (!Variable(e)) return std::nullopt;
      return HalfLine(r, MakeEnd(constant, false));
    }
    if (e.op() == Op::kNeg) {
      const Ref other = Negated(constant);
      return Solve(e.kid(0), Mirror(r), other);
    }
    if (e.op() == Op::kAbs) {
      if (r == Relation::kNotEqual || r == Relation::kEqual) return std::nullopt;
      const auto bound = ExactValue(constant, budget_);
      if (!bound || bound->Sign() < 0) return std::nullopt;
      const Ref low = Number(-*bound);
      const Ref high = Number(*bound);
      if (r == Relation::kLess || r == Relation::kLessEqual) {
        return sets_.Intersect(Solve(e.kid(0), r, high), Solve(e.kid(0), Mirror(r), low));
      }
      auto a = Solve(e.kid(0), r, high);
      auto b = Solve(e.kid(0), Mirror(r), low);
      if (!a || !b) return std::nullopt;
      a->insert(a->end(), b->begin(), b->end());
      return a;
    }
    const auto line = Line(e);
    const auto c = ExactValue(constant, budget_);
    if (!line || !c) return std::nullopt;
    const auto& [slope, offset] = *line;
    const Ref root = Number((*c - offset) / slope);
    return HalfLine(slope.Sign() < 0 ? Mirror(r) : r, MakeEnd(root, false));
  }

  // a x + b: by structure, so that nothing else can pass for a line.
  std::optional<std::pair<Rational, Rational>> Line(const Ref& e) {
    using Pair = std::pair<Rational, Rational>;
    if (!budget_.Spend(5)) return std::nullopt;
    if (e.op() == Op::kSymbol) {
      if (!Variable(e)) return std::nullopt;
      return Pair{Rational(1), Rational(0)};
    }
    if (!HasFreeNames(e)) {
      auto c = ExactValue(e, budget_);
      if (!c) return std::nullopt;
      return Pair{Rational(0), *c};
    }
    if (e.op() == Op::kNeg) {
      auto a = Line(e.kid(0));
      if (!a) return std::nullopt;
      return Pair{-a->first, -a->second};
    }
    if (e.op() == Op::kAdd) {
      Pair sum{Rational(0), Rational(0)};
      for (std::size_t i = 0; i < e.kid_count(); ++i) {
        auto a = Line(e.kid(i));
        if (!a) return std::nullopt;
        sum = {sum.first + a->first, sum.second + a->second};
      }
      if (sum.first.IsZero()) return std::nullopt;
      return sum;
    }
    if (e.op() == Op::kMul && e.kid_count() == 2) {
      auto a = Line(e.kid(0));
      auto b = Line(e.kid(1));
      if (!a || !b) return std::nullopt;
      if (a->first.IsZero() && !a->second.IsZero())
        return Pair{a->second * b->first, a->second * b->second};
      if (b->first.IsZero() && !b->second.IsZero())
        return Pair{b->second * a->first, b->second * a->second};
      return std::nullopt;
    }
    if (e.op() == Op::kDiv) {
      auto a = Line(e.kid(0));
      const auto c = ExactValue(e.kid(1), budget_);
      if (!a || !c || c->IsZero()) return std::nullopt;
      return Pair{a->first / *c, a->second / *c};
    }
    return std::nullopt;
  }

  Budget& budget_;
  Intervals sets_;
  std::deque<Tree> trees_;
  std::string variable_;
  bool is_set_ = false;
};

}  // namespace

std::optional<Match> CompareRealSets(const Ref& a, const Ref& b, Budget& budget) {
  Converter left(budget);
  Converter right(budget);
  Intervals sets(budget);
  const auto x = left.Convert(a);
  if (!x) return std::nullopt;
  const auto y = right.Convert(b);
  if (!y || (!left.is_set() && !right.is_set())) return std::nullopt;
  if (!left.variable().empty() && !right.variable().empty() &&
      left.variable() != right.variable() && a.op() != Op::kSuchThat && b.op() != Op::kSuchThat) {
    return Different(How::kExact, "about another variable");
  }
  if (x->size() != y->size()) return Different(How::kCertified, "another set");
  for (std::size_t i = 0; i < x->size(); ++i) {
    const Interval& p = (*x)[i];
    const Interval& q = (*y)[i];
    const auto low = sets.Order(p.low, q.low);
    const auto high = sets.Order(p.high, q.high);
    if (!low || !high) return std::nullopt;
    if (*low != 0 || *high != 0) return Different(How::kCertified, "another set");
    if (p.low.open != q.low.open || p.high.open != q.high.open) {
      return Different(How::kExact, "an end is open on one side only");
    }
  }
  return Equal(How::kExact, "the same set");
}

}  // namespace assay::math
