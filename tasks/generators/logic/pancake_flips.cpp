// Sorting a stack by turning over its top part: iterative deepening; the proof searches layer by
// layer from the sorted stack.
#include <algorithm>
#include <numeric>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Stack = std::vector<int>;  // ranks from 0, top first

// Neighbours that do not belong together, the plate included: each flip mends at most one.
int Gaps(const Stack& stack) {
  int gaps = stack.back() != int(stack.size()) - 1 ? 1 : 0;
  for (std::size_t i = 1; i < stack.size(); ++i) gaps += std::abs(stack[i] - stack[i - 1]) != 1;
  return gaps;
}

bool Deepen(Stack& stack, int left, std::vector<int>& flips) {
  const int gaps = Gaps(stack);
  if (gaps == 0 && std::is_sorted(stack.begin(), stack.end())) return true;
  if (left == 0 || gaps > left) return false;
  for (int count = 2; count <= int(stack.size()); ++count) {
    if (!flips.empty() && flips.back() == count) continue;
    std::reverse(stack.begin(), stack.begin() + count);
    flips.push_back(count);
    if (Deepen(stack, left - 1, flips)) return true;
    flips.pop_back();
    std::reverse(stack.begin(), stack.begin() + count);
  }
  return false;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = ByLevel(level, 4, 9);
  const Stack start = RandomOrder(rng, n);
  Stack stack = start;
  std::vector<int> flips;
  int most = 0;
  while (!Deepen(stack, most, flips)) ++most;
  if (most < std::max(3, n - 2)) return std::nullopt;
  auto sizes = RandomOrder(rng, 30);
  sizes.resize(std::size_t(n));
  std::sort(sizes.begin(), sizes.end());
  std::vector<int> shown;
  for (const int rank : start) shown.push_back(sizes[rank] + 1);

  Draft draft;
  const Slots slots = {{"stack", Numbers(shown)}, {"most", std::to_string(most)}};
  Ask(rng, draft,
      Say(rng,
          {"A stack of pancakes has these sizes from top to bottom: {stack}. A flip turns over any "
           "number of pancakes from the top as one block, which reverses their order. Sort the "
           "stack with the smallest on top and the largest at the bottom in at most {most} flips.",
           "The list {stack} may be changed only by reversing its first k numbers, for any k. "
           "Bring "
           "it into increasing order with no more than {most} such prefix reversals.",
           "Cards lie in a pile; from the top they show {stack}. You may lift the top k cards, "
           "turn "
           "that packet upside down in order and put it back. Get the numbers to increase from top "
           "to bottom within {most} moves."},
          slots),
      AnswerForm::kLine, "how many are turned over in each step, in order, separated by commas");
  draft.reference = Numbers(flips);
  draft.verifier = LogicSpec("flips", {{"stack", shown}, {"most", most}});
  draft.tags = {"planning", "permutation"};
  draft.fingerprint = Numbers(shown);
  draft.unique = false;
  auto fewer = flips;
  fewer.pop_back();
  auto more = flips;
  more.insert(more.begin(), {2, 2});
  draft.near_misses = {Numbers(fewer), Numbers(more), Numbers(Stack(std::size_t(most), n))};
  draft.params = {{"stack", start}, {"flips", flips}};
  return draft;
}

// All stacks a number of flips away from the sorted one, layer by layer, met in the middle: which
// stacks have which distance does not depend on the direction.
std::optional<std::string> Prove(const Draft& draft) {
  const auto start = draft.params["stack"].get<Stack>();
  Stack sorted = start;
  std::sort(sorted.begin(), sorted.end());
  std::set<Stack> layers[2] = {{start}, {sorted}};
  std::set<Stack> seen[2] = {{start}, {sorted}};
  int length = 0;
  const auto met = [&] {
    return std::any_of(layers[0].begin(), layers[0].end(),
                       [&](const Stack& stack) { return layers[1].count(stack) > 0; });
  };
  while (!met()) {
    const int side = layers[0].size() <= layers[1].size() ? 0 : 1;
    std::set<Stack> next;
    for (Stack stack : layers[side]) {
      for (std::size_t count = 2; count <= stack.size(); ++count) {
        std::reverse(stack.begin(), stack.begin() + std::ptrdiff_t(count));
        if (seen[side].insert(stack).second) next.insert(stack);
        std::reverse(stack.begin(), stack.begin() + std::ptrdiff_t(count));
      }
    }
    layers[side] = std::move(next);
    ++length;
  }
  if (length == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the fewest flips are " + std::to_string(length);
}

}  // namespace

Family PancakeFlips() {
  return {"pancake_flips",
          "logic",
          "Sort a stack by prefix reversals",
          "Goodman, American Mathematical Monthly, 1975; Gates and Papadimitriou, 1979",
          Generate,
          Prove};
}

}  // namespace assay
