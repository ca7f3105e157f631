// Values by name: "x = 2, y = 3" and "(x, y) = (2, 3)".
#include <algorithm>

#include "verifiers/math/kinds.h"

namespace assay::math {

namespace {

// The order in which a tuple without names holds named values: that of the letters where they
// follow each other (x, y; a, b, c), else as given.
void SortByName(NamedRefs& values) {
  NamedRefs sorted = values;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].first.size() != 1) return;
    if (i > 0 && sorted[i].first[0] != sorted[i - 1].first[0] + 1) return;
  }
  values = std::move(sorted);
}

}  // namespace

NamedRefs Assignments(const Ref& e) {
  NamedRefs values;
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

Match CompareAssignments(NamedRefs a, NamedRefs b, const Rules& rules, Budget& budget) {
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

}  // namespace assay::math
