// Towers of Hanoi between two arbitrary positions, in the fewest moves.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// A position is a number whose digit i to base `pegs` is the peg of disk i (0 is the smallest).
struct Towers {
  int pegs = 3;
  int disks = 3;

  int Count() const {
    int count = 1;
    for (int i = 0; i < disks; ++i) count *= pegs;
    return count;
  }
  // Calls visit(next, from, to) for each legal move.
  template <class Visit>
  void Moves(int position, const Visit& visit) const {
    unsigned covered = 0;  // pegs with a smaller disk on top
    int weight = 1;
    for (int disk = 0, rest = position; disk < disks; ++disk, rest /= pegs, weight *= pegs) {
      const int from = rest % pegs;
      if ((covered >> from & 1U) == 0) {
        for (int to = 0; to < pegs; ++to) {
          if (to != from && (covered >> to & 1U) == 0) {
            visit(position + (to - from) * weight, from, to);
          }
        }
      }
      covered |= 1U << from;
    }
  }
  IntGrid Stacks(int position) const {
    IntGrid stacks(static_cast<std::size_t>(pegs));
    std::vector<int> peg_of;
    for (int disk = 0; disk < disks; ++disk, position /= pegs) peg_of.push_back(position % pegs);
    for (int disk = disks; disk-- > 0;) stacks[peg_of[disk]].push_back(disk + 1);
    return stacks;
  }
};

struct Step {
  int before = -1;
  int from = 0;
  int to = 0;
};

// Breadth first; the moves as pegs from 1, two numbers each.
std::vector<int> FewestMoves(const Towers& towers, int start, int goal) {
  std::vector<Step> steps(std::size_t(towers.Count()), Step());
  std::vector<int> queue = {start};
  steps[start].before = start;
  for (std::size_t i = 0; i < queue.size() && steps[goal].before < 0; ++i) {
    towers.Moves(queue[i], [&](int next, int from, int to) {
      if (steps[next].before >= 0) return;
      steps[next] = {queue[i], from, to};
      queue.push_back(next);
    });
  }
  std::vector<int> moves;
  for (int at = goal; at != start; at = steps[at].before) {
    moves.push_back(steps[at].to + 1);
    moves.push_back(steps[at].from + 1);
  }
  std::reverse(moves.begin(), moves.end());
  return moves;
}

std::string MovesText(const std::vector<int>& moves) {
  std::string text;
  for (std::size_t i = 0; i + 1 < moves.size(); i += 2) {
    text +=
        (text.empty() ? "" : ", ") + std::to_string(moves[i]) + "->" + std::to_string(moves[i + 1]);
  }
  return text;
}

std::string StacksText(const IntGrid& stacks) {
  std::string text;
  for (std::size_t peg = 0; peg < stacks.size(); ++peg) {
    text += (peg == 0 ? "peg " : "; peg ") + std::to_string(peg + 1) + ": " +
            (stacks[peg].empty() ? "empty" : Numbers(stacks[peg], " "));
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Towers towers;
  constexpr int kDisks[] = {3, 4, 4, 5, 5, 5, 6, 6, 6, 6};
  towers.disks = kDisks[level - 1] + (level == 1 && rng.Chance(0.5) ? 1 : 0);
  towers.pegs = rng.Chance(0.25) ? 4 : 3;
  const int start = int(rng.Int(0, towers.Count() - 1));
  const int goal = int(rng.Int(0, towers.Count() - 1));
  if (start == goal) return std::nullopt;
  const auto moves = FewestMoves(towers, start, goal);
  const int count = int(moves.size()) / 2;
  const int low = towers.pegs == 4 ? ByLevel(level, 4, 11) : ByLevel(level, 4, 34);
  if (count < low || count > low + 3 + 2 * level) return std::nullopt;

  Draft draft;
  const auto from = StacksText(towers.Stacks(start));
  const auto to = StacksText(towers.Stacks(goal));
  const Slots slots = {{"from", from},
                       {"to", to},
                       {"pegs", std::to_string(towers.pegs)},
                       {"disks", std::to_string(towers.disks)},
                       {"most", std::to_string(count)}};
  Ask(rng, draft,
      Say(rng,
          {"{disks} disks of sizes 1 to {disks} lie on {pegs} pegs. A move takes the top disk of a "
           "peg to another peg, never onto a smaller disk. Disks are listed from bottom to "
           "top.\n\nStart: {from}.\nGoal: {to}.\n\nReach the goal in at most {most} moves, which "
           "is the fewest possible.",
           "Towers of Hanoi with {pegs} pegs. Now (bottom to top): {from}. Wanted: {to}. Only a "
           "top "
           "disk can be moved, and no disk may lie on a smaller one. Find a way that takes no more "
           "than {most} moves.",
           "Rearrange the disks from [{from}] to [{to}], each stack written from its bottom disk "
           "to its top disk. One disk at a time, a larger disk never on a smaller one (numbers "
           "are sizes), at most {most} moves."},
          slots),
      AnswerForm::kLine, "the moves in order, as from->to with peg numbers, separated by commas");
  draft.reference = MovesText(moves);
  draft.verifier = LogicSpec(
      "hanoi", {{"pegs", towers.Stacks(start)}, {"goal", towers.Stacks(goal)}, {"most", count}});
  draft.tags = {"planning", "puzzle"};
  draft.fingerprint = from + " to " + to;
  draft.unique = false;
  auto fewer = moves;
  fewer.resize(fewer.size() - 2);
  auto detour = moves;  // back and forth before the start: one move too many at least
  detour.insert(detour.begin(), {moves[0], moves[1], moves[1], moves[0]});
  draft.near_misses = {MovesText(fewer), MovesText(detour)};
  draft.params = {{"disks", towers.disks}, {"pegs", towers.pegs}, {"start", start}, {"goal", goal}};
  return draft;
}

// Distances to the goal by relaxing all positions until nothing changes.
std::optional<std::string> Prove(const Draft& draft) {
  Towers towers;
  towers.disks = draft.params["disks"].get<int>();
  towers.pegs = draft.params["pegs"].get<int>();
  const int count = towers.Count();
  std::vector<int> distance(std::size_t(count), count);
  distance[draft.params["goal"].get<int>()] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (int position = 0; position < count; ++position) {
      towers.Moves(position, [&](int next, int, int) {
        if (distance[next] + 1 >= distance[position]) return;
        distance[position] = distance[next] + 1;
        changed = true;
      });
    }
  }
  const int fewest = distance[draft.params["start"].get<int>()];
  const auto moves = 1 + std::count(draft.reference.begin(), draft.reference.end(), ',');
  if (fewest != draft.verifier["most"].get<int>() || moves != fewest) {
    return "the fewest moves are " + std::to_string(fewest);
  }
  return std::nullopt;
}

}  // namespace

Family TowerOfHanoi() {
  return {"tower_of_hanoi",
          "logic",
          "Towers of Hanoi between two positions",
          "Lucas, 1883; Hinz, Klavzar and Petr, The Tower of Hanoi, 2018",
          Generate,
          Prove};
}

}  // namespace assay
