// verifiers/math/intervals.h -- Sets of real numbers as sorted lists of disjoint intervals.
#pragma once

#include <optional>
#include <vector>

#include "verifiers/math/evaluate.h"

namespace assay::math {

struct End {
  int infinite = 0;  // -1, 0, 1
  Ref value;         // where infinite == 0
  bool open = true;
};

struct Interval {
  End low;
  End high;
};

using RealSet = std::vector<Interval>;

// The open end at infinity.
End Infinite(int sign);

// The numbers that stand in the relation `r` to the end: an equality or an inequality.
RealSet HalfLine(Relation r, const End& at);

// The algebra of such sets. Ends are compared by certified arithmetic; a set whose ends cannot be
// ordered (free names, values too close) gives nothing. One thread at a time.
class Intervals {
 public:
  explicit Intervals(Budget& budget) : budget_(budget) {}

  // -1, 0, 1; a degree sign may be left out on one side.
  std::optional<int> Order(const End& a, const End& b);

  // Sorts, joins what touches and drops what is empty. False where the ends cannot be ordered.
  bool Normalize(RealSet& set);

  // Nothing also for nothing.
  std::optional<RealSet> Complement(std::optional<RealSet> set);
  std::optional<RealSet> Intersect(const std::optional<RealSet>& a,
                                   const std::optional<RealSet>& b);

 private:
  Budget& budget_;
};

}  // namespace assay::math
