// Numbers that add up to a given sum: a hidden choice; the proof computes all reachable sums.
#include <algorithm>
#include <numeric>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int count = ByLevel(level, 7, 20);
  const int largest = ByLevel(level, 60, 4000);
  std::set<int> different;
  while (int(different.size()) < count) different.insert(int(rng.Int(largest / 10, largest)));
  std::vector<int> numbers(different.begin(), different.end());
  rng.Shuffle(numbers);
  const int taken = int(rng.Int(3, std::max(3, count / 2)));
  std::vector<int> chosen(numbers.begin(), numbers.begin() + taken);
  const int goal = std::accumulate(chosen.begin(), chosen.end(), 0);
  if (different.count(goal) > 0) return std::nullopt;
  for (const int n : numbers) {  // a pair is found at a glance
    if (different.count(goal - n) > 0 && 2 * n != goal) return std::nullopt;
  }
  rng.Shuffle(numbers);

  Draft draft;
  const Slots slots = {{"numbers", Numbers(numbers)}, {"goal", std::to_string(goal)}};
  Ask(rng, draft,
      Say(rng,
          {"Choose some of the numbers {numbers} such that they add up to exactly {goal}.",
           "Packages weigh {numbers} kilograms. Which of them together weigh exactly {goal} "
           "kilograms?",
           "A payment of {goal} was made up of several of these amounts, each used at most once: "
           "{numbers}. Find amounts that fit."},
          slots),
      AnswerForm::kLine, "the chosen numbers, separated by commas");
  draft.reference = Numbers(chosen);
  draft.verifier = LogicSpec("subset_sum", {{"numbers", numbers}, {"value", goal}});
  draft.tags = {"arithmetic", "search"};
  draft.fingerprint = Numbers(numbers) + " to " + std::to_string(goal);
  draft.unique = false;
  auto fewer = chosen;
  fewer.pop_back();
  auto wrong = chosen;
  wrong[0] += 1;
  auto twice = chosen;
  twice.push_back(chosen[0]);
  draft.near_misses = {Numbers(fewer), Numbers(wrong), Numbers(twice), std::to_string(goal)};
  draft.params = {{"numbers", numbers}, {"goal", goal}, {"chosen", chosen}};
  return draft;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto goal = draft.params["goal"].get<std::size_t>();
  auto left = draft.params["numbers"].get<std::vector<int>>();
  std::vector<bool> reachable(goal + 1, false);
  reachable[0] = true;
  for (const int n : left) {
    for (std::size_t sum = goal; sum >= std::size_t(n); --sum) {
      if (reachable[sum - std::size_t(n)]) reachable[sum] = true;
    }
  }
  if (!reachable[goal]) return "the sum cannot be reached";
  auto open = std::int64_t(goal);
  for (const int n : draft.params["chosen"].get<std::vector<int>>()) {
    const auto found = std::find(left.begin(), left.end(), n);
    if (found == left.end()) return "a chosen number is not there";
    left.erase(found);
    open -= n;
  }
  if (open != 0) return "the chosen numbers miss the sum";
  return std::nullopt;
}

}  // namespace

Family SubsetSum() {
  return {"subset_sum",
          "logic",
          "Numbers that add up to a given sum",
          "Karp, Reducibility among combinatorial problems, 1972 (knapsack)",
          Generate,
          Prove};
}

}  // namespace assay
