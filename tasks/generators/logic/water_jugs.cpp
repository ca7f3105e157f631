// Measuring an amount with jugs: breadth-first search; the proof relaxes a table.
#include <algorithm>
#include <numeric>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct Jugs {
  std::vector<int> capacities;

  int Count() const {
    int count = 1;
    for (const int capacity : capacities) count *= capacity + 1;
    return count;
  }
  std::vector<int> Levels(int state) const {
    std::vector<int> levels;
    for (const int capacity : capacities) {
      levels.push_back(state % (capacity + 1));
      state /= capacity + 1;
    }
    return levels;
  }
  int State(const std::vector<int>& levels) const {
    int state = 0;
    for (std::size_t i = levels.size(); i-- > 0;) state = state * (capacities[i] + 1) + levels[i];
    return state;
  }
  // Calls visit(next state, move) for each move that changes something.
  template <class Visit>
  void Moves(int state, const Visit& visit) const {
    const auto levels = Levels(state);
    const int n = int(levels.size());
    for (int i = 0; i < n; ++i) {
      auto next = levels;
      next[i] = capacities[i];
      if (levels[i] < capacities[i]) visit(State(next), "fill " + std::to_string(i + 1));
      next[i] = 0;
      if (levels[i] > 0) visit(State(next), "empty " + std::to_string(i + 1));
      for (int j = 0; j < n; ++j) {
        const int amount = std::min(levels[i], capacities[j] - levels[j]);
        if (i == j || amount == 0) continue;
        next = levels;
        next[i] -= amount;
        next[j] += amount;
        visit(State(next), "pour " + std::to_string(i + 1) + " " + std::to_string(j + 1));
      }
    }
  }
  bool Measures(int state, int goal) const {
    const auto levels = Levels(state);
    return std::count(levels.begin(), levels.end(), goal) > 0;
  }
};

// Fewest moves from empty jugs, or nothing.
std::optional<std::vector<std::string>> FewestMoves(const Jugs& jugs, int goal) {
  std::vector<int> before(std::size_t(jugs.Count()), -1);
  std::vector<std::string> by(before.size());
  std::vector<int> queue = {0};
  before[0] = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    if (jugs.Measures(queue[i], goal)) {
      std::vector<std::string> moves;
      for (int at = queue[i]; at != 0; at = before[at]) moves.push_back(by[at]);
      std::reverse(moves.begin(), moves.end());
      return moves;
    }
    jugs.Moves(queue[i], [&](int next, const std::string& move) {
      if (before[next] >= 0) return;
      before[next] = queue[i];
      by[next] = move;
      queue.push_back(next);
    });
  }
  return std::nullopt;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Jugs jugs;
  const int count = level <= 6 ? 2 : 3;
  const int largest = count == 2 ? ByLevel(level, 20, 30) : 13 + level - 7;
  for (int i = 0; i < count; ++i) jugs.capacities.push_back(int(rng.Int(3, largest)));
  std::sort(jugs.capacities.begin(), jugs.capacities.end());
  if (std::adjacent_find(jugs.capacities.begin(), jugs.capacities.end()) != jugs.capacities.end())
    return std::nullopt;
  rng.Shuffle(jugs.capacities);
  const int most = *std::max_element(jugs.capacities.begin(), jugs.capacities.end());
  const int goal = int(rng.Int(1, most - 1));
  const auto moves = FewestMoves(jugs, goal);
  const int low = count == 2 ? ByLevel(level, 3, 12) : level - 1;
  if (!moves || int(moves->size()) < low || int(moves->size()) > low + 3) return std::nullopt;

  Draft draft;
  std::vector<std::string> sizes;
  for (int i = 0; i < count; ++i) {
    sizes.push_back("jug " + std::to_string(i + 1) + " holds " +
                    std::to_string(jugs.capacities[i]) + " litres");
  }
  const Slots slots = {{"jugs", Listed(sizes)},
                       {"goal", Plural(goal, "litre", "litres")},
                       {"most", std::to_string(moves->size())}};
  Ask(rng, draft,
      Say(rng,
          {"There is a tap and there are empty jugs: {jugs}. You can fill a jug to the brim, empty "
           "it, or pour one into another until the first is empty or the second is full. Get "
           "exactly {goal} into one of the jugs in at most {most} moves.",
           "You have unlimited water and these unmarked jugs, all empty: {jugs}. Measure {goal} "
           "(in "
           "any one jug) with no more than {most} actions: fill a jug completely, empty a jug, or "
           "pour from one to another until either the source is empty or the other is full.",
           "How can exactly {goal} be measured when {jugs}? All jugs are empty at first; "
           "allowed are filling one up, emptying one, and pouring one into another as far as it "
           "goes. Use {most} moves at most."},
          slots),
      AnswerForm::kLine,
      "the moves in order, separated by semicolons, each of the form fill 1, empty 1 or pour 1 2 "
      "(from jug 1 into jug 2)");
  draft.reference = Listed(*moves, "; ");
  std::replace(draft.reference.begin(), draft.reference.end(), ',', ';');
  draft.verifier =
      LogicSpec("jugs", {{"capacities", jugs.capacities}, {"goal", goal}, {"most", moves->size()}});
  draft.tags = {"planning", "puzzle"};
  draft.fingerprint = Numbers(jugs.capacities) + " to " + std::to_string(goal);
  draft.unique = false;
  draft.near_misses = {draft.reference.substr(0, draft.reference.rfind(';')),
                       "empty 1; " + draft.reference};
  draft.params = {{"capacities", jugs.capacities}, {"goal", goal}};
  return draft;
}

// Distances from the empty jugs, lowered until nothing changes.
std::optional<std::string> Prove(const Draft& draft) {
  const Jugs jugs{draft.params["capacities"].get<std::vector<int>>()};
  const int goal = draft.params["goal"].get<int>();
  std::vector<int> distance(std::size_t(jugs.Count()), jugs.Count());
  distance[0] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (int state = 0; state < jugs.Count(); ++state) {
      if (distance[state] == jugs.Count()) continue;
      jugs.Moves(state, [&](int next, const std::string&) {
        if (distance[state] + 1 >= distance[next]) return;
        distance[next] = distance[state] + 1;
        changed = true;
      });
    }
  }
  int fewest = jugs.Count();
  for (int state = 0; state < jugs.Count(); ++state) {
    if (jugs.Measures(state, goal)) fewest = std::min(fewest, distance[state]);
  }
  if (fewest == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the fewest moves are " + std::to_string(fewest);
}

}  // namespace

Family WaterJugs() {
  return {"water_jugs",
          "logic",
          "Measure an amount with jugs",
          "Tartaglia, General trattato, 1556; Boldi, Santini and Vigna, Measuring with jugs, 2002",
          Generate,
          Prove};
}

}  // namespace assay
