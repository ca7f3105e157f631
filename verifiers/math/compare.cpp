#include "verifiers/math/compare.h"

#include <algorithm>

#include "verifiers/math/lexicon.h"
#include "verifiers/math/parse.h"
#include "verifiers/math/readings.h"

namespace assay::math {
namespace {

bool IsSequence(Op op) {
  return op == Op::kParens || op == Op::kBrackets || op == Op::kAngles || op == Op::kHalfOpen;
}

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

bool Contains(const Ref& e, Op op) {
  if (e.op() == op) return true;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (Contains(e.kid(i), op)) return true;
  }
  return false;
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

Match CompareSequences(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (a.kid_count() != b.kid_count()) return Different(How::kExact, "a different number of parts");
  How how = How::kExact;
  for (std::size_t i = 0; i < a.kid_count(); ++i) {
    const Match match = CompareValues(a.kid(i), b.kid(i), rules, budget);
    if (!match.equal()) return match;
    if (match.how != How::kExact) how = match.how;
  }
  return Equal(how);
}

Match CompareSets(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const auto distinct = [&](const Ref& e) {
    std::vector<Ref> all;
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      for (const Ref& item : Elements(e.kid(i))) {
        const bool seen = std::any_of(all.begin(), all.end(), [&](const Ref& old) {
          return CompareValues(old, item, rules, budget).equal();
        });
        if (!seen) all.push_back(item);
        if (budget.spent()) return all;
      }
    }
    return all;
  };
  return CompareLists(distinct(a), distinct(b), false, rules, budget);
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
  return other.sign == 0 && HasPlusMinus(other);
}

// Quantities: the values, and the units where both sides give one.
Match CompareQuantities(Ref a, Ref b, const Rules& rules, Budget& budget) {
  const auto unit = [](const Ref& e) { return e.op() == Op::kQuantity ? e.node().aux : -2; };
  const int u = unit(a);
  const int v = unit(b);
  if (rules.units && u != -2 && v == -2) return Different(How::kExact, "the unit is missing");
  const Ref x = u == -2 ? a : a.kid(0);
  const Ref y = v == -2 ? b : b.kid(0);
  const auto temperature = [](int w) {
    return w >= 0 && (UnitAt(w).dimension == "celsius" || UnitAt(w).dimension == "fahrenheit");
  };
  if ((u >= 0 && y.op() == Op::kDegrees) || (v >= 0 && x.op() == Op::kDegrees)) {
    if (!temperature(u) && !temperature(v)) return Different(How::kExact, "the units differ");
    return CompareValues(x.op() == Op::kDegrees ? x.kid(0) : x,
                         y.op() == Op::kDegrees ? y.kid(0) : y, rules, budget);
  }
  if (u >= 0 && v >= 0 && u != v) {
    const Unit& from = UnitAt(u);
    const Unit& to = UnitAt(v);
    if (from.dimension != to.dimension) return Different(How::kExact, "the units differ");
    if (from.factor * to.divisor != to.factor * from.divisor) {  // convert both, exactly
      Tree scratch_a = *x.tree;
      Tree scratch_b = *y.tree;
      const auto scaled = [](Tree& t, const Ref& e, const Unit& w) {
        const NodeId n = t.AddNumber(Rational(w.factor, w.divisor));
        return Ref{&t, t.Add(Op::kMul, {n, e.id}), e.sign};
      };
      const Match match =
          CompareValues(scaled(scratch_a, x, from), scaled(scratch_b, y, to), rules, budget);
      return match.equal() ? match : Different(How::kExact, "the units differ");
    }
  } else if (rules.units && u == -1 && v == -1 && a.name() != b.name()) {
    return Different(How::kExact, "the units differ");
  } else if (rules.units && (u >= 0) != (v >= 0)) {
    return Different(How::kExact, "the units differ");
  }
  return CompareValues(x, y, rules, budget);
}

// a (mod m) against b (mod m).
Match CompareResidues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Match modulus = CompareValues(a.kid(1), b.kid(1), rules, budget);
  if (!modulus.equal()) return modulus;
  const auto x = ExactValue(a.kid(0), budget);
  const auto y = ExactValue(b.kid(0), budget);
  const auto m = ExactValue(a.kid(1), budget);
  if (x && y && m && !m->IsZero()) {
    return ((*x - *y) / *m).IsInteger() ? Equal(How::kExact) : Different(How::kExact);
  }
  return CompareValues(a.kid(0), b.kid(0), rules, budget);
}

// "x = 2, y = 3" gives the tuple (2, 3): every value named, no name twice.
std::vector<Ref> NamedValues(const Ref& list) {
  std::vector<Ref> values;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.kid_count(); ++i) {
    std::string name;
    const Ref value = StripAssignment(list.kid(i), &name);
    if (value.id == list.kid(i).id || name.empty() || name == "+" ||
        std::find(names.begin(), names.end(), name) != names.end()) {
      return {};
    }
    names.push_back(std::move(name));
    values.push_back(value);
  }
  return values;
}

Match CompareDegrees(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const bool x = a.op() == Op::kDegrees;
  const bool y = b.op() == Op::kDegrees;
  if (rules.units && x && !y) return Different(How::kExact, "the degrees are missing");
  const Ref u = x ? a.kid(0) : a;
  const Ref v = y ? b.kid(0) : b;
  // 45 degrees against pi/4: an angle in radians is another answer to "how many degrees"
  if (u.op() == Op::kQuantity || v.op() == Op::kQuantity)
    return Different(How::kExact, "the units differ");
  return CompareValues(u, v, rules, budget);
}

bool LooksLikeTime(const Ref& e) {
  if (e.op() == Op::kTime) return true;
  if (e.op() != Op::kRatio) return false;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    const Ref part = e.kid(i);
    if (part.op() != Op::kNumber) return false;
    if (i > 0 && part.node().end - part.node().begin == 1) return false;
  }
  return true;
}

Match CompareColons(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const auto half = [](const Ref& e) { return e.op() == Op::kTime ? e.node().aux : 0; };
  const auto colon = [](const Ref& e) { return e.op() == Op::kTime || e.op() == Op::kRatio; };
  if (colon(a) && colon(b)) {
    if (a.kid_count() != b.kid_count())
      return Different(How::kExact, "a different number of parts");
    if (half(a) != 0 && half(b) != 0 && half(a) != half(b)) {
      return Different(How::kExact, "the other half of the day");
    }
    bool same = true;
    for (std::size_t i = 0; same && i < a.kid_count(); ++i) {
      same = CompareValues(a.kid(i), b.kid(i), rules, budget).equal();
      if (!same && i == 0 && (half(a) == 2) != (half(b) == 2)) {  // 4:30 p.m. is 16:30
        const auto x = ExactValue(a.kid(0), budget);
        const auto y = ExactValue(b.kid(0), budget);
        if (x && y) same = half(a) == 2 ? *x + Rational(12) == *y : *x == *y + Rational(12);
      }
    }
    if (same) return Equal(How::kExact);
    if (half(a) != 0 || half(b) != 0 || a.kid_count() != 2) return Different(How::kExact);
    if (LooksLikeTime(a) || LooksLikeTime(b)) return Different(How::kExact);
    const auto p = ExactValue(a.kid(0), budget);
    const auto q = ExactValue(a.kid(1), budget);
    const auto r = ExactValue(b.kid(0), budget);
    const auto s = ExactValue(b.kid(1), budget);
    if (!rules.simplified && p && q && r && s && *p * *s == *q * *r && !q->IsZero() &&
        !s->IsZero()) {
      return Equal(How::kExact, "the same ratio");
    }
    return Different(How::kExact);
  }
  // 1:2 against 1/2
  const Ref& ratio = colon(a) ? a : b;
  const Ref& other = colon(a) ? b : a;
  if (ratio.op() == Op::kTime && ratio.kid_count() == 1) {  // 9 a.m. against 9 or 9:00
    return CompareValues(ratio.kid(0), other, rules, budget);
  }
  if (ratio.op() != Op::kRatio || ratio.kid_count() != 2 || LooksLikeTime(ratio)) {
    return Different(How::kExact, "a different kind of answer");
  }
  const auto p = ExactValue(ratio.kid(0), budget);
  const auto q = ExactValue(ratio.kid(1), budget);
  const auto v = ExactValue(other, budget);
  if (p && q && v && !q->IsZero() && *p == *v * *q) return Equal(How::kExact, "the same ratio");
  return Different(How::kExact);
}

}  // namespace

namespace {

// "1,22" -> "1.22", or nothing.
std::string DecimalComma(std::string_view text) {
  const std::string_view s = StripWrappers(text);
  const std::size_t comma = s.find(',');
  if (comma == std::string_view::npos || comma == 0 || comma + 1 == s.size()) return {};
  for (std::size_t i = s[0] == '-' ? 1 : 0; i < s.size(); ++i) {
    if (i != comma && (s[i] < '0' || s[i] > '9')) return {};
  }
  // "1,2" is a list; "1,22" and "0,5" can be nothing but decimals
  if (s.size() - comma < 3 && s.find('0') != (s[0] == '-' ? 1U : 0U)) return {};
  std::string point(s);
  point[comma] = '.';
  return point;
}

}  // namespace

std::vector<Ref> Elements(const Ref& e) {
  std::vector<Ref> items;
  const auto put = [&](const Ref& item) {
    if (item.sign == 0 && HasPlusMinus(item)) {
      // "x = \pm 2" keeps its name on both values
      items.push_back({item.tree, item.id, 1});
      items.push_back({item.tree, item.id, -1});
    } else {
      items.push_back(item);
    }
  };
  if (e.op() == Op::kList) {
    for (std::size_t i = 0; i < e.kid_count(); ++i) put(e.kid(i));
  } else {
    put(e);
  }
  return items;
}

Match CompareLists(const std::vector<Ref>& a, const std::vector<Ref>& b, bool ordered,
                   const Rules& rules, Budget& budget) {
  if (a.size() != b.size()) return Different(How::kExact, "a different number of values");
  std::vector<bool> used(b.size(), false);
  How how = How::kExact;
  bool undecided = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    bool found = false;
    for (std::size_t k = 0; k < b.size() && !found; ++k) {
      const std::size_t j = (i + k) % b.size();
      if (used[j] || (ordered && j != i)) continue;
      const Match match = CompareValues(a[i], b[j], rules, budget);
      undecided = undecided || match.equality == Equality::kUndecided;
      if (!match.equal()) continue;
      if (match.how != How::kExact) how = match.how;
      used[j] = true;
      found = true;
    }
    if (budget.spent()) return Undecided("the budget of steps is spent");
    if (!found) {
      return undecided ? Undecided("one of the values could not be compared")
                       : Different(How::kExact, "a value has no partner");
    }
  }
  return Equal(how);
}

Match CompareValues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (!budget.Spend(2)) return Undecided("the budget of steps is spent");
  const Op p = a.op();
  const Op q = b.op();
  if (p == Op::kNumber && q == Op::kNumber) return CompareScalars(a, b, rules, budget);
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
  if (const bool relations = HasInequality(a) || HasInequality(b); relations) {
    if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  }
  if (p == Op::kList || q == Op::kList || PlusMinusAgainstSet(a, b) ||
      ((HasPlusMinus(a) || HasPlusMinus(b)) && a.sign == 0 && b.sign == 0 && p != Op::kBraces &&
       q != Op::kBraces)) {
    if ((p == Op::kList && q == Op::kParens) || (p == Op::kParens && q == Op::kList)) {
      const Ref& list = p == Op::kList ? a : b;
      const Ref& tuple = p == Op::kList ? b : a;
      const auto values = NamedValues(list);
      if (values.size() == tuple.kid_count()) {
        std::vector<Ref> parts;
        for (std::size_t i = 0; i < tuple.kid_count(); ++i) parts.push_back(tuple.kid(i));
        return CompareLists(parts, values, true, rules, budget);
      }
    }
    // a set may be written as a list
    const auto parts = [](const Ref& e) {
      if (e.op() != Op::kBraces) return Elements(e);
      std::vector<Ref> all;
      for (std::size_t i = 0; i < e.kid_count(); ++i) {
        for (const Ref& item : Elements(e.kid(i))) all.push_back(item);
      }
      return all;
    };
    const auto x = parts(a);
    const auto y = parts(b);
    if (x.size() == 1 && y.size() == 1 && (p == Op::kList || q == Op::kList)) {
      return CompareValues(x[0], y[0], rules, budget);
    }
    return CompareLists(x, y, rules.ordered, rules, budget);
  }
  if (p == Op::kRelation || q == Op::kRelation) {
    if (p == q) return CompareRelations(a, b, rules, budget);
    if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
    const Ref x = StripAssignment(a, nullptr);
    const Ref y = StripAssignment(b, nullptr);
    if (x.id == a.id && y.id == b.id) return Different(How::kExact, "a different kind of answer");
    return CompareValues(x, y, rules, budget);
  }
  if (p == Op::kMod && q == Op::kMod && a.node().aux == 0 && b.node().aux == 0) {
    return CompareResidues(a, b, rules, budget);
  }
  if (p == Op::kQuantity || q == Op::kQuantity) return CompareQuantities(a, b, rules, budget);
  if (p == Op::kDegrees || q == Op::kDegrees) return CompareDegrees(a, b, rules, budget);
  if (rules.percent && (p == Op::kPercent) != (q == Op::kPercent)) {
    const Match bare = CompareValues(p == Op::kPercent ? a.kid(0) : a,
                                     q == Op::kPercent ? b.kid(0) : b, rules, budget);
    if (bare.equal()) return bare;
  }
  if (p == Op::kRatio || p == Op::kTime || q == Op::kRatio || q == Op::kTime) {
    return CompareColons(a, b, rules, budget);
  }
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
  if (const int s = SignOfInfinity(a), t = SignOfInfinity(b); s != 0 || t != 0) {
    return s == t ? Equal(How::kExact) : Different(How::kExact);
  }
  if (IsScalar(p) && IsScalar(q)) return CompareScalars(a, b, rules, budget);
  if (SameShape(a, b, budget)) return Equal(How::kExact, "the same expression");
  if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  return Different(How::kExact, "a different kind of answer");
}

namespace {

Match ComparePlain(const Tree& a, std::string_view a_text, const Tree& b, std::string_view b_text,
                   const Rules& rules, Budget& budget) {
  const Ref x{&a, a.root()};
  const Ref y{&b, b.root()};
  if (x.op() == Op::kText || y.op() == Op::kText) {
    const bool same = NormalizeWords(a_text) == NormalizeWords(b_text);
    if (same) return Equal(How::kText);
    if (x.op() == y.op()) return Different(How::kText);
    return Different(How::kText, "words against mathematics");
  }
  if ((x.op() == Op::kList) != (y.op() == Op::kList)) {  // 1,22 against 1.22: a decimal comma
    const Ref& list = x.op() == Op::kList ? x : y;
    const Ref& other = x.op() == Op::kList ? y : x;
    const std::string point = DecimalComma(x.op() == Op::kList ? a_text : b_text);
    if (!point.empty() && list.kid_count() == 2 && other.op() == Op::kNumber) {
      const auto number = ParseExpression(point);
      if (number && ExactValue({&*number, number->root()}, budget) == other.number()) {
        return Equal(How::kExact, "with a decimal comma");
      }
    }
  }
  return CompareValues(x, y, rules, budget);
}

}  // namespace

Match Compare(const Tree& a, std::string_view a_text, const Tree& b, std::string_view b_text,
              const Rules& rules, Budget& budget) {
  const Match plain = ComparePlain(a, a_text, b, b_text, rules, budget);
  if (plain.equal() || budget.spent() || rules.simplified) return plain;
  const auto has_unit = [](const Tree& t) {
    const Node& root = t[t.root()];
    return root.op == Op::kQuantity && root.aux >= 0;
  };
  const std::vector<Tree> left = OtherReadings(a_text, has_unit(b));
  const std::vector<Tree> right = OtherReadings(b_text, has_unit(a));
  const auto equal = [&](const Tree& x, const Tree& y) {
    const Match match = CompareValues({&x, x.root()}, {&y, y.root()}, rules, budget);
    return match.equal() ? std::optional<Match>(match) : std::nullopt;
  };
  for (const Tree& y : right) {
    if (const auto match = equal(a, y)) return *match;
  }
  for (const Tree& x : left) {
    if (const auto match = equal(x, b)) return *match;
    for (const Tree& y : right) {
      if (const auto match = equal(x, y)) return *match;
    }
  }
  return plain;
}

}  // namespace assay::math
