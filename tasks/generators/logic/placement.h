// tasks/generators/logic/placement.h -- Values on positions under clues: zebra grids, seating
// orders, round tables.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

// `groups` permutations of the positions: value g * positions + i is value i of group g.
struct Placement {
  int positions = 0;  // at most 12
  int groups = 1;
  bool round = false;  // position 0 follows the last one
  IntGrid clues;       // {kind, a, b, k}; b and k are 0 where a kind has none
};

enum ClueKind {
  kAt,          // a is on position k
  kNotAt,       // a is not on position k
  kSame,        // a and b share a position
  kNotSame,     // they do not
  kNextTo,      // a and b are neighbours
  kRightAfter,  // b is on the position after a's
  kBefore,      // a is on an earlier position than b
  kApart,       // b is k positions after a or before it; on a round table: k after it
  kNotNextTo,   // a and b are no neighbours
};

bool ClueHolds(const Placement& placement, const std::vector<int>& clue, int at_a, int at_b);

// Solutions, up to `limit`, by propagating domains and splitting; `first` is the first, a position
// for each value.
int CountPlacements(const Placement& placement, int limit, std::vector<int>* first);
// The same by trying positions value after value: the slow truth, for proofs.
int CountPlacementsPlainly(const Placement& placement, int limit, std::vector<int>* first);

// Random clues of these kinds that are true of `hidden`, so many that they leave only it, none of
// them superfluous. Nothing where 400 draws do not suffice.
std::optional<IntGrid> UniqueClues(Rng& rng, Placement placement, const std::vector<int>& hidden,
                                   const std::vector<ClueKind>& kinds);

}  // namespace assay
