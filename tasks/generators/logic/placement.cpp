#include "tasks/generators/logic/placement.h"

#include <algorithm>
#include <cstdlib>

namespace assay {
namespace {

using Domains = std::vector<unsigned>;

bool OneValue(int kind) { return kind == kAt || kind == kNotAt; }

// Positions that `clue` leaves to one of its values, given the other's.
unsigned Supported(const Placement& placement, const std::vector<int>& clue, unsigned a, unsigned b,
                   bool of_a) {
  unsigned left = 0;
  for (int i = 0; i < placement.positions; ++i) {
    for (int j = 0; j < placement.positions; ++j) {
      if ((a >> i & 1U) == 0 || (b >> j & 1U) == 0) continue;
      if (ClueHolds(placement, clue, i, j)) left |= 1U << (of_a ? i : j);
    }
  }
  return left;
}

// Drops positions that other values of the group need: decided ones, and the only place for a
// position.
void NarrowGroup(Domains& domains, int begin, int positions) {
  for (int v = begin; v < begin + positions; ++v) {
    unsigned others = 0;
    for (int w = begin; w < begin + positions; ++w) {
      if (w == v) continue;
      others |= domains[w];
      if (__builtin_popcount(domains[w]) == 1) domains[v] &= ~domains[w];
    }
    const unsigned only = domains[v] & ~others;
    if (only != 0) domains[v] = only;
  }
}

// False when a value has no position left.
bool Propagate(const Placement& placement, Domains& domains) {
  Domains before;
  while (before != domains) {
    before = domains;
    for (const auto& clue : placement.clues) {
      unsigned& a = domains[clue[1]];
      unsigned& b = domains[OneValue(clue[0]) ? clue[1] : clue[2]];
      const unsigned left_a = Supported(placement, clue, a, b, true);
      const unsigned left_b = Supported(placement, clue, a, b, false);
      a &= left_a;
      if (!OneValue(clue[0])) b &= left_b;
    }
    for (int g = 0; g < placement.groups; ++g) {
      NarrowGroup(domains, g * placement.positions, placement.positions);
    }
    if (std::count(domains.begin(), domains.end(), 0U) > 0) return false;
  }
  return true;
}

int Split(const Placement& placement, Domains domains, int limit, std::vector<int>* first) {
  if (!Propagate(placement, domains)) return 0;
  int open = -1;
  for (int v = 0; v < int(domains.size()); ++v) {
    const int size = __builtin_popcount(domains[v]);
    if (size > 1 && (open < 0 || size < __builtin_popcount(domains[open]))) open = v;
  }
  if (open < 0) {
    if (first != nullptr && first->empty()) {
      for (const unsigned domain : domains) first->push_back(__builtin_ctz(domain));
    }
    return 1;
  }
  int found = 0;
  for (unsigned left = domains[open]; left != 0 && found < limit; left &= left - 1) {
    Domains next = domains;
    next[open] = left & (~left + 1);
    found += Split(placement, std::move(next), limit - found, first);
  }
  return found;
}

int Try(const Placement& placement, std::vector<int>& at, int limit, std::vector<int>* first) {
  const int value = int(at.size());
  if (value == placement.positions * placement.groups) {
    if (first != nullptr && first->empty()) *first = at;
    return 1;
  }
  const int begin = value / placement.positions * placement.positions;
  int found = 0;
  for (int position = 0; position < placement.positions && found < limit; ++position) {
    if (std::find(at.begin() + begin, at.end(), position) != at.end()) continue;
    at.push_back(position);
    const bool fits =
        std::all_of(placement.clues.begin(), placement.clues.end(), [&](const auto& clue) {
          const int b = OneValue(clue[0]) ? clue[1] : clue[2];
          const bool decided = std::max(clue[1], b) == value;  // earlier ones were looked at
          return !decided || ClueHolds(placement, clue, at[clue[1]], at[b]);
        });
    if (fits) found += Try(placement, at, limit - found, first);
    at.pop_back();
  }
  return found;
}

std::vector<int> RandomClue(Rng& rng, const Placement& placement, const std::vector<int>& hidden,
                            ClueKind kind) {
  const int values = placement.positions * placement.groups;
  const int a = int(rng.Int(0, values - 1));
  int b = int(rng.Int(0, values - 1));
  if (kind == kSame || kind == kNotSame) {  // of two groups, else it says nothing
    while (b / placement.positions == a / placement.positions) b = int(rng.Int(0, values - 1));
  }
  while (b == a) b = int(rng.Int(0, values - 1));
  switch (kind) {
    case kAt:
      return {kAt, a, 0, hidden[a]};
    case kNotAt:
      return {kNotAt, a, 0, int(rng.Int(0, placement.positions - 1))};
    case kApart: {
      const int forward = hidden[b] - hidden[a];
      const int k = placement.round ? (forward + placement.positions) % placement.positions
                                    : std::abs(forward);
      return {kApart, a, b, k};
    }
    default:
      return {kind, a, b, 0};
  }
}

}  // namespace

bool ClueHolds(const Placement& placement, const std::vector<int>& clue, int at_a, int at_b) {
  const int n = placement.positions;
  const int forward = placement.round ? (at_b - at_a + n) % n : at_b - at_a;
  const bool neighbours =
      placement.round ? forward == 1 || forward == n - 1 : std::abs(forward) == 1;
  switch (clue[0]) {
    case kAt:
      return at_a == clue[3];
    case kNotAt:
      return at_a != clue[3];
    case kSame:
      return at_a == at_b;
    case kNotSame:
      return at_a != at_b;
    case kNextTo:
      return neighbours;
    case kRightAfter:
      return forward == 1;
    case kBefore:
      return at_a < at_b;
    case kApart:
      return placement.round ? forward == clue[3] : std::abs(forward) == clue[3];
    default:
      return !neighbours;
  }
}

int CountPlacements(const Placement& placement, int limit, std::vector<int>* first) {
  const auto values = std::size_t(placement.positions * placement.groups);
  return Split(placement, Domains(values, (1U << placement.positions) - 1), limit, first);
}

int CountPlacementsPlainly(const Placement& placement, int limit, std::vector<int>* first) {
  std::vector<int> at;
  return Try(placement, at, limit, first);
}

std::optional<IntGrid> UniqueClues(Rng& rng, Placement placement, const std::vector<int>& hidden,
                                   const std::vector<ClueKind>& kinds) {
  const auto enough = std::size_t(placement.positions * placement.groups);
  for (int tries = 0; tries < 400; ++tries) {
    const auto clue = RandomClue(rng, placement, hidden, rng.Pick(kinds));
    const int at_b = hidden[OneValue(clue[0]) ? clue[1] : clue[2]];
    if (!ClueHolds(placement, clue, hidden[clue[1]], at_b)) continue;
    if (clue[0] == kApart && (clue[3] < 2 || at_b == hidden[clue[1]])) continue;
    const auto& known = placement.clues;
    if (std::find(known.begin(), known.end(), clue) != known.end()) continue;
    placement.clues.push_back(clue);
    if (placement.clues.size() < enough || CountPlacements(placement, 2, nullptr) != 1) continue;
    for (std::size_t i = 0; i < placement.clues.size();) {
      const auto taken = placement.clues[i];
      placement.clues.erase(placement.clues.begin() + std::ptrdiff_t(i));
      if (CountPlacements(placement, 2, nullptr) == 1) continue;
      placement.clues.insert(placement.clues.begin() + std::ptrdiff_t(i), taken);
      ++i;
    }
    return placement.clues;
  }
  return std::nullopt;
}

}  // namespace assay
