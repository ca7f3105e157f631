// The numbers game: reach a target with some of the given numbers.
#include <algorithm>

#include "tasks/generators/logic/common.h"
#include "tasks/generators/logic/number_search.h"

namespace assay {
namespace {

// A random way to combine numbers until one is left; only whole values above 0 on the way.
std::optional<Made> RandomTree(Rng& rng, std::vector<Made> numbers) {
  while (numbers.size() > 1) {
    rng.Shuffle(numbers);
    const Made a = numbers[numbers.size() - 1];
    const Made b = numbers[numbers.size() - 2];
    auto results = Combined(a, b);
    std::erase_if(results, [&](const Made& made) {
      const bool same = (made.top == a.top || made.top == b.top) && made.bottom == 1;
      return made.bottom != 1 || made.top <= 0 || made.top > 5000 || same;
    });
    if (results.empty()) return std::nullopt;
    numbers.resize(numbers.size() - 2);
    numbers.push_back(rng.Pick(results));
  }
  return numbers[0];
}

bool ReachedByPair(const std::vector<int>& numbers, std::int64_t goal) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      for (const Made& made : Combined(Number(numbers[i]), Number(numbers[j]))) {
        if (made.bottom == 1 && made.top == goal) return true;
      }
    }
  }
  return false;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int count = level <= 2 ? 3 : level <= 5 ? 4 : level <= 8 ? 5 : 6;
  static const std::vector<int> kLarge = {25, 50, 75, 100};
  std::vector<int> numbers;
  const int large = level <= 2 ? int(rng.Int(0, 1)) : int(rng.Int(1, 2));
  for (int i = 0; i < count; ++i) {
    numbers.push_back(i < large ? rng.Pick(kLarge) : int(rng.Int(1, level <= 2 ? 15 : 12)));
  }
  rng.Shuffle(numbers);
  std::vector<Made> leaves;
  const int used = count <= 4 ? count : int(rng.Int(count - 1, count));
  for (int i = 0; i < used; ++i) leaves.push_back(Number(numbers[i]));
  const auto made = RandomTree(rng, leaves);
  if (!made) return std::nullopt;
  const auto goal = made->top;
  if (level >= 3 && made->text.find_first_of("*/") == std::string::npos) return std::nullopt;
  if (goal < ByLevel(level, 10, 100) || goal > ByLevel(level, 150, 999)) return std::nullopt;
  if (std::count(numbers.begin(), numbers.end(), int(goal)) > 0 || ReachedByPair(numbers, goal))
    return std::nullopt;

  Draft draft;
  rng.Shuffle(numbers);
  const Slots slots = {{"numbers", Numbers(numbers)}, {"goal", std::to_string(goal)}};
  Ask(rng, draft,
      Say(rng,
          {"Use the numbers {numbers}, each at most once, with +, -, *, / and brackets to make "
           "exactly {goal}.",
           "The target is {goal}. You have {numbers}; not all need to be used and none may be used "
           "more often than it is listed. Combine them by addition, subtraction, multiplication "
           "and division to hit the target.",
           "Build an expression with the value {goal} from some or all of {numbers}. Each listed "
           "number can be used once; allowed are + - * / and parentheses."},
          slots),
      AnswerForm::kLine, "the expression, such as (1 + 2) * 3");
  draft.reference = made->text;
  draft.verifier = LogicSpec("expression", {{"numbers", numbers}, {"value", goal}});
  draft.tags = {"arithmetic", "search"};
  auto sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  draft.fingerprint = Numbers(sorted) + " to " + std::to_string(goal);
  draft.unique = false;
  draft.near_misses = {std::to_string(goal), made->text + " + 0",
                       made->text + " + " + std::to_string(numbers[0])};
  draft.params = {{"numbers", numbers}, {"goal", goal}};
  return draft;
}

// Up to five numbers: all values of all subsets. Six: pairs combined until the goal comes up.
std::optional<std::string> Prove(const Draft& draft) {
  const auto numbers = draft.params["numbers"].get<std::vector<int>>();
  const auto goal = draft.params["goal"].get<std::int64_t>();
  if (numbers.size() <= 5) {
    if (!CanMake(numbers, goal, false)) return "no subset gives the goal";
    return std::nullopt;
  }
  for (std::size_t left_out = 0; left_out <= numbers.size(); ++left_out) {
    std::vector<int> rest = numbers;
    if (left_out > 0) rest.erase(rest.begin() + std::ptrdiff_t(left_out - 1));
    if (CountWays(rest, goal, 1) > 0) return std::nullopt;
  }
  return "neither all numbers nor all but one give the goal";
}

}  // namespace

Family Countdown() {
  return {"countdown",
          "logic",
          "Reach a target with given numbers",
          "Des chiffres et des lettres (Armand Jammot, 1965); Countdown, 1982",
          Generate,
          Prove};
}

}  // namespace assay
