// Lists, sequences and sets, element by element.
#include <algorithm>

#include "verifiers/math/kinds.h"

namespace assay::math {

std::vector<Ref> Elements(const Ref& e) {
  std::vector<Ref> items;
  const auto put = [&](const Ref& item) {
    if (item.sign == 0 && Contains(item, Op::kPlusMinus)) {
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

}  // namespace assay::math
