// The 24 game: all numbers, one value; rarer solutions at higher levels.
#include <algorithm>

#include "tasks/generators/logic/common.h"
#include "tasks/generators/logic/number_search.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int count = level <= 7 ? 4 : 5;
  std::vector<int> numbers;
  std::vector<Made> leaves;
  for (int i = 0; i < count; ++i) {
    numbers.push_back(int(rng.Int(1, 13)));
    leaves.push_back(Number(numbers.back()));
  }
  const std::int64_t goal = rng.Chance(0.3) && count == 4 ? 24 : rng.Int(12, count == 4 ? 99 : 199);
  // The fewer ways, the harder: counted with their repetitions in other orders.
  const int most = count == 5 ? 40 : ByLevel(level, 200, 4);
  const int least = level <= 4 && count == 4 ? most / 5 : 1;
  const int ways = CountWays(numbers, goal, most + 1);
  if (ways < least || ways > most) return std::nullopt;
  const std::string text = FindWay(leaves, goal);
  if (text.empty()) return std::nullopt;  // only by way of very large parts

  Draft draft;
  const Slots slots = {{"numbers", Numbers(numbers)}, {"goal", std::to_string(goal)}};
  Ask(rng, draft,
      Say(rng,
          {"Make {goal} from {numbers}, using each of these numbers exactly once, with +, -, *, / "
           "and brackets.",
           "Find an expression that uses all of {numbers} exactly once each, and the four basic "
           "operations, and equals {goal}.",
           "Cards show {numbers}. Arrange them with +, -, * and / (and parentheses as you like) so "
           "that the result is {goal}; every card is used once."},
          slots),
      AnswerForm::kLine, "the expression, such as (1 + 2) * (3 + 5)");
  draft.reference = text;
  draft.verifier = LogicSpec("expression", {{"numbers", numbers}, {"value", goal}, {"all", true}});
  draft.tags = {"arithmetic", "search"};
  auto sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  draft.fingerprint = Numbers(sorted) + " to " + std::to_string(goal);
  draft.unique = false;
  draft.near_misses = {std::to_string(goal), text + " + 0",
                       text + " - " + std::to_string(numbers[0]), "(" + text + ") * 1 + 0"};
  draft.params = {{"numbers", numbers}, {"goal", goal}};
  return draft;
}

// The values of every subset, as sets of fractions.
std::optional<std::string> Prove(const Draft& draft) {
  if (CanMake(draft.params["numbers"].get<std::vector<int>>(),
              draft.params["goal"].get<std::int64_t>(), true)) {
    return std::nullopt;
  }
  return "the numbers do not give the goal";
}

}  // namespace

Family TwentyFour() {
  return {"twenty_four",
          "logic",
          "One value from all the numbers (the 24 game)",
          "The 24 game (Robert Sun, 1988)",
          Generate,
          Prove};
}

}  // namespace assay
