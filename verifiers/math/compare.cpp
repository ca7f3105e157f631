#include "verifiers/math/compare.h"

#include <algorithm>
#include <cctype>

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

// The order in which a tuple without names holds named values: that of the letters where they
// follow each other (x, y; a, b, c), else as given.
void SortByName(std::vector<std::pair<std::string, Ref>>& values) {
  std::vector<std::pair<std::string, Ref>> sorted = values;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].first.size() != 1) return;
    if (i > 0 && sorted[i].first[0] != sorted[i - 1].first[0] + 1) return;
  }
  values = std::move(sorted);
}

// Values by name: "x = 2, y = 3" and "(x, y) = (2, 3)". Empty for anything else.
std::vector<std::pair<std::string, Ref>> Assignments(const Ref& e) {
  std::vector<std::pair<std::string, Ref>> values;
  if (e.op() == Op::kRelation && e.kid_count() == 2 && e.kid(0).op() == Op::kParens &&
      e.kid(1).op() == Op::kParens && e.kid(0).kid_count() == e.kid(1).kid_count() &&
      e.tree->relation(e.id, 0) == Relation::kEqual) {
    for (std::size_t i = 0; i < e.kid(0).kid_count(); ++i) {
      if (e.kid(0).kid(i).op() != Op::kSymbol) return {};
      values.emplace_back(std::string(e.kid(0).kid(i).name()), e.kid(1).kid(i));
    }
    return values;
  }
  if (e.op() != Op::kList) return {};
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    std::string name;
    const Ref value = StripAssignment(e.kid(i), &name);
    if (value.id == e.kid(i).id || name.empty() || name == "+") return {};
    values.emplace_back(std::move(name), value);
  }
  return values;
}

Match CompareAssignments(std::vector<std::pair<std::string, Ref>> a,
                         std::vector<std::pair<std::string, Ref>> b, const Rules& rules,
                         Budget& budget) {
  if (a.size() != b.size()) return Different(How::kExact, "a different number of values");
  for (auto* side : {&a, &b}) {
    std::sort(side->begin(), side->end(),
              [](const auto& x, const auto& y) { return x.first < y.first; });
  }
  How how = How::kExact;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].first != b[i].first) return Different(How::kExact, "other names");
    const Match match = CompareValues(a[i].second, b[i].second, rules, budget);
    if (!match.equal()) return match;
    if (match.how != How::kExact) how = match.how;
  }
  return Equal(how);
}

// 3i + 4j as the vector (3, 4), of `size` parts; nothing where it is none.
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

// "x = 2, y = 3" gives the tuple (2, 3): every value named, no name twice.
std::vector<Ref> NamedValues(const Ref& list) {
  auto named = Assignments(list);
  for (std::size_t i = 0; i < named.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (named[i].first == named[k].first) return {};
    }
  }
  SortByName(named);
  std::vector<Ref> values;
  for (const auto& [name, value] : named) values.push_back(value);
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

// "Yes, because …" says yes.
bool StartsWithWord(std::string_view longer, std::string_view word) {
  const std::string wanted = NormalizeWords(word);
  if (wanted != "yes" && wanted != "no" && wanted != "true" && wanted != "false") return false;
  const std::string_view s = StripWrappers(longer);
  const std::size_t end = s.find_first_of(",.;!:");
  return end != std::string_view::npos && NormalizeWords(s.substr(0, end)) == wanted;
}

// "81,256" as the list of 81 and 256, or nothing.
std::string ListWithoutBlanks(std::string_view text) {
  const std::string_view s = StripWrappers(text);
  std::string list;
  for (const char c : s) {
    if (c != ',' && (c < '0' || c > '9')) return {};
    list += c;
    if (c == ',') list += ' ';
  }
  if (list.size() == s.size() || list.find(" 0") != std::string::npos) return {};  // 1,000
  return list;
}

bool IsNamedPoint(const Ref& e) {
  return e.op() == Op::kMul && e.kid_count() == 2 && e.kid(0).op() == Op::kSymbol &&
         e.kid(1).op() == Op::kParens && e.kid(0).name().size() == 1 &&
         std::isupper(static_cast<unsigned char>(e.kid(0).name()[0])) != 0;
}

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
  // x \in {2, 3} against a list
  for (const auto& [e, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (e.op() == Op::kRelation && e.kid_count() == 2 &&
        e.tree->relation(e.id, 0) == Relation::kIn && e.kid(0).op() == Op::kSymbol &&
        e.kid(1).op() == Op::kBraces && other.op() == Op::kList) {
      return CompareValues(e.kid(1), other, rules, budget);
    }
  }
  // the set of one value may be written as that value
  if (p == Op::kBraces && a.kid_count() == 1 && IsScalar(q) && IsScalar(a.kid(0).op()))
    return CompareValues(a.kid(0), b, rules, budget);
  if (q == Op::kBraces && b.kid_count() == 1 && IsScalar(p) && IsScalar(b.kid(0).op()))
    return CompareValues(a, b.kid(0), rules, budget);
  // one solution in braces: {(1, 2)}
  if (p == Op::kBraces && a.kid_count() == 1 && q == Op::kParens && a.kid(0).op() == Op::kParens)
    return CompareValues(a.kid(0), b, rules, budget);
  if (q == Op::kBraces && b.kid_count() == 1 && p == Op::kParens && b.kid(0).op() == Op::kParens)
    return CompareValues(a, b.kid(0), rules, budget);
  // a point with its name: P(1, 2)
  if (q == Op::kParens && IsNamedPoint(a)) return CompareValues(a.kid(1), b, rules, budget);
  if (p == Op::kParens && IsNamedPoint(b)) return CompareValues(a, b.kid(1), rules, budget);
  if ((p == Op::kList && q == Op::kUnion) || (p == Op::kUnion && q == Op::kList)) {
    if (const auto sets = CompareRealSets(a, b, budget)) return *sets;
  }
  if (p != q) {
    const auto x = Assignments(a);
    const auto y = x.empty() ? x : Assignments(b);
    if (!y.empty()) return CompareAssignments(x, y, rules, budget);
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
      const auto values = NamedValues(list);  // in the order of a tuple
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
    return CompareChainValues(a, b, rules, budget);
  }
  if (p == Op::kMod && q == Op::kMod && a.node().aux == 0 && b.node().aux == 0) {
    return CompareResidues(a, b, rules, budget);
  }
  if ((p == Op::kMod) != (q == Op::kMod)) {  // 3 against 3 (mod 7)
    const Ref& residue = p == Op::kMod ? a : b;
    if (residue.node().aux == 0) {
      return CompareValues(p == Op::kMod ? a.kid(0) : a, q == Op::kMod ? b.kid(0) : b, rules,
                           budget);
    }
  }
  if ((p == Op::kTime && (q == Op::kQuantity || q == Op::kDegrees)) ||
      (q == Op::kTime && (p == Op::kQuantity || p == Op::kDegrees))) {
    return Different(How::kExact, "a time of day and a quantity");
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
  if (IsVector(a) && IsScalar(q)) {
    if (const auto vector = UnitVectors(b, a.kid_count()))
      return CompareSequences(a, {&*vector, vector->root(), b.sign}, rules, budget);
  }
  if (IsVector(b) && IsScalar(p)) {
    if (const auto vector = UnitVectors(a, b.kid_count()))
      return CompareSequences({&*vector, vector->root(), a.sign}, b, rules, budget);
  }
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
    const bool same = NormalizeWords(a_text) == NormalizeWords(b_text) ||
                      StartsWithWord(a_text, b_text) || StartsWithWord(b_text, a_text);
    if (same) return Equal(How::kText);
    if (x.op() == y.op()) return Different(How::kText);
    return Different(How::kText, "words against mathematics");
  }
  if ((x.op() == Op::kList) != (y.op() == Op::kList)) {  // 81, 256 against 81,256
    const Ref& list = x.op() == Op::kList ? x : y;
    const std::string other = ListWithoutBlanks(x.op() == Op::kList ? b_text : a_text);
    if (!other.empty()) {
      const auto parsed = ParseExpression(other);
      if (parsed && (*parsed)[parsed->root()].op == Op::kList) {
        const Match match = CompareValues(list, {&*parsed, parsed->root()}, rules, budget);
        if (match.equal()) return match;
      }
    }
  }
  if ((x.op() == Op::kList) != (y.op() == Op::kList)) {  // 1,22 against 1.22: a decimal comma
    const Ref& list = x.op() == Op::kList ? x : y;
    const Ref& other = x.op() == Op::kList ? y : x;
    const std::string point = DecimalComma(x.op() == Op::kList ? a_text : b_text);
    if (!point.empty() && list.kid_count() == 2 && IsScalar(other.op())) {
      const auto number = ParseExpression(point);
      if (number && CompareValues({&*number, number->root()}, other, rules, budget).equal())
        return Equal(How::kExact, "with a decimal comma");
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
