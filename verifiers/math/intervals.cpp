#include "verifiers/math/intervals.h"

#include <utility>

#include "verifiers/math/angles.h"
#include "verifiers/math/scalar.h"

namespace assay::math {

End Infinite(int sign) {
  End end;
  end.infinite = sign;
  return end;
}

RealSet HalfLine(Relation r, const End& at) {
  End end = at;
  switch (r) {
    case Relation::kLess:
      end.open = true;
      return {{Infinite(-1), end}};
    case Relation::kLessEqual:
      end.open = end.infinite != 0;
      return {{Infinite(-1), end}};
    case Relation::kGreater:
      end.open = true;
      return {{end, Infinite(1)}};
    case Relation::kGreaterEqual:
      end.open = end.infinite != 0;
      return {{end, Infinite(1)}};
    case Relation::kEqual:
      end.open = false;
      return {{end, end}};
    default:  // not equal
      end.open = true;
      return {{Infinite(-1), end}, {end, Infinite(1)}};
  }
}

std::optional<int> Intervals::Order(const End& a, const End& b) {
  if (a.infinite != 0 || b.infinite != 0) {
    return a.infinite == b.infinite ? 0 : (a.infinite < b.infinite ? -1 : 1);
  }
  Ref x = a.value;
  Ref y = b.value;
  Tree bare_x;
  Tree bare_y;
  DropDegrees(x, y, bare_x, bare_y);
  return CompareOrder(x, y, budget_);
}

bool Intervals::Normalize(RealSet& set) {
  RealSet kept;
  for (const Interval& i : set) {
    const auto order = Order(i.low, i.high);
    if (!order) return false;
    if (*order > 0 || (*order == 0 && (i.low.open || i.high.open))) continue;
    kept.push_back(i);
  }
  if (kept.size() > 64) return false;
  // insertion sort: the order may be undecided, which std::sort does not forgive
  for (std::size_t i = 1; i < kept.size(); ++i) {
    for (std::size_t j = i; j > 0; --j) {
      const auto order = Order(kept[j - 1].low, kept[j].low);
      if (!order) return false;
      if (*order < 0 || (*order == 0 && !(kept[j - 1].low.open && !kept[j].low.open))) break;
      std::swap(kept[j - 1], kept[j]);
    }
  }
  RealSet merged;
  for (const Interval& i : kept) {
    if (!merged.empty()) {
      End& last = merged.back().high;
      const auto order = Order(i.low, last);
      if (!order) return false;
      if (*order < 0 || (*order == 0 && (!i.low.open || !last.open))) {
        const auto ends = Order(last, i.high);
        if (!ends) return false;
        if (*ends < 0 || (*ends == 0 && last.open)) last = i.high;
        continue;
      }
    }
    merged.push_back(i);
  }
  set = std::move(merged);
  return true;
}

std::optional<RealSet> Intervals::Complement(std::optional<RealSet> set) {
  if (!set || !Normalize(*set)) return std::nullopt;
  RealSet out;
  End from = Infinite(-1);
  for (const Interval& i : *set) {
    if (i.low.infinite == 0) {
      End to = i.low;
      to.open = !to.open;
      out.push_back({from, to});
    }
    from = i.high;
    if (from.infinite == 0) from.open = !from.open;
  }
  if (from.infinite != 1) out.push_back({from, Infinite(1)});
  return out;
}

std::optional<RealSet> Intervals::Intersect(const std::optional<RealSet>& a,
                                            const std::optional<RealSet>& b) {
  if (!a || !b || a->size() * b->size() > 256) return std::nullopt;
  RealSet out;
  for (const Interval& x : *a) {
    for (const Interval& y : *b) {
      const auto lows = Order(x.low, y.low);
      const auto highs = Order(x.high, y.high);
      if (!lows || !highs) return std::nullopt;
      Interval i;
      i.low = *lows > 0 || (*lows == 0 && x.low.open) ? x.low : y.low;
      i.high = *highs < 0 || (*highs == 0 && x.high.open) ? x.high : y.high;
      out.push_back(i);
    }
  }
  if (!Normalize(out)) return std::nullopt;
  return out;
}

}  // namespace assay::math
