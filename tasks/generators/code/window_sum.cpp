// The best run of neighbouring numbers under a condition; hard levels exceed a quadratic solution.
#include <algorithm>

#include "tasks/generators/code/python.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

using List = std::vector<std::int64_t>;
enum class Goal { kFixedWindow, kAnyWindow, kAtMostWindow };

struct Params {
  Goal goal;
  std::int64_t width;  // of the window; meaningless for kAnyWindow
  bool smallest;       // instead of largest
  std::int64_t shift;  // taken off every number first
};

Params Draw(Rng& rng, int level) {
  const Goal goal =
      level <= 3 ? Goal::kFixedWindow : (level <= 6 ? Goal::kAnyWindow : Goal::kAtMostWindow);
  return {goal, rng.Int(2, ByLevel(level, 5, 60)), rng.Chance(0.5), rng.Int(1, 30)};
}

// Slow and plain: every window.
std::int64_t Best(const Params& params, const List& list) {
  std::optional<std::int64_t> best;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::int64_t sum = 0;
    for (std::size_t j = i; j < list.size(); ++j) {
      sum += list[j] - params.shift;
      const auto width = std::int64_t(j - i + 1);
      if (params.goal == Goal::kFixedWindow && width != params.width) continue;
      if (params.goal == Goal::kAtMostWindow && width > params.width) break;
      if (!best || (params.smallest ? sum < *best : sum > *best)) best = sum;
    }
  }
  return best.value_or(0);
}

std::string Reference(const Params& params) {
  const std::string opening = "def best_run(numbers):\n    numbers = [n - " +
                              std::to_string(params.shift) + " for n in numbers]\n";
  const std::string pick = params.smallest ? "min" : "max";
  const std::string k = std::to_string(params.width);
  if (params.goal == Goal::kFixedWindow) {
    return opening + "    k = " + k +
           "\n    if len(numbers) < k:\n        return 0\n    total = sum(numbers[:k])\n"
           "    best = total\n    for i in range(k, len(numbers)):\n"
           "        total += numbers[i] - numbers[i - k]\n        best = " +
           pick + "(best, total)\n    return best\n";
  }
  if (params.goal == Goal::kAnyWindow) {
    return opening +
           "    if not numbers:\n        return 0\n"
           "    here = best = numbers[0]\n    for n in numbers[1:]:\n        here = " +
           pick + "(n, here + n)\n        best = " + pick + "(best, here)\n    return best\n";
  }
  // Prefix sums with a monotone queue of the best starting points.
  const std::string worse = params.smallest ? "<=" : ">=";
  return "from collections import deque\n\n" + opening +
         "    if not numbers:\n"
         "        return 0\n    prefix = [0]\n    for n in numbers:\n"
         "        prefix.append(prefix[-1] + n)\n    starts = deque()\n    best = None\n"
         "    for j in range(1, len(prefix)):\n"
         "        while starts and prefix[starts[-1]] " +
         worse +
         " prefix[j - 1]:\n            starts.pop()\n        starts.append(j - 1)\n"
         "        if starts[0] < j - " +
         k +
         ":\n            starts.popleft()\n        value = prefix[j] - prefix[starts[0]]\n"
         "        best = value if best is None else " +
         pick + "(best, value)\n    return best\n";
}

std::vector<List> DrawInputs(Rng& rng, const Params& params) {
  std::vector<List> inputs = {{}, {5}, {-5}};
  for (int i = 0; i < 10; ++i) {
    List list;
    const auto size = rng.Int(1, 3 * params.width + 4);
    const auto low = rng.Chance(0.2) ? 1 : -40;
    for (std::int64_t j = 0; j < size; ++j) list.push_back(rng.Int(low, 40));
    inputs.push_back(list);
  }
  return inputs;
}

std::string Question(Rng& rng, const Params& params) {
  const std::string which = params.smallest ? "smallest" : "largest";
  const std::string k = std::to_string(params.width);
  std::string window = "any run of one or more neighbouring numbers";
  std::string empty = "Return 0 for the empty list.";
  if (params.goal == Goal::kFixedWindow) {
    window = "a run of exactly " + k + " neighbouring numbers";
    empty = "Return 0 if the list has fewer than " + k + " numbers.";
  } else if (params.goal == Goal::kAtMostWindow) {
    window = "a run of at least 1 and at most " + k + " neighbouring numbers";
  }
  return Say(
      rng,
      {"Write a Python function `best_run(numbers)`. It takes {shift} off each number of the list "
       "`numbers` and returns the {which} sum of {window} in the list that results. {empty}",
       "Given a list of whole numbers, reduce each of them by {shift}; then find the {which} sum "
       "that {window} can have. Write it "
       "as a Python function `best_run(numbers)`. {empty}"},
      {{"which", which},
       {"shift", std::to_string(params.shift)},
       {"window", window},
       {"empty", empty}});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  const auto inputs = DrawInputs(rng, params);
  std::vector<PythonCase> cases;
  Params other = params;
  other.smallest = !params.smallest;
  Params longer = params;
  ++longer.width;
  Params unshifted = params;
  unshifted.shift = 0;
  int kills = 0;
  int longer_kills = 0;
  int unshifted_kills = 0;
  for (const List& input : inputs) {
    const auto expected = Best(params, input);
    cases.push_back({PythonArguments({Json(input)}), std::to_string(expected)});
    kills += Best(other, input) != expected ? 1 : 0;
    longer_kills += Best(longer, input) != expected ? 1 : 0;
    unshifted_kills += Best(unshifted, input) != expected ? 1 : 0;
  }
  if (kills == 0) return std::nullopt;
  if (params.goal != Goal::kAnyWindow && longer_kills == 0) return std::nullopt;

  Draft draft;
  const std::string question = Question(rng, params);
  Ask(rng, draft, question, AnswerForm::kPython);
  draft.reference = Reference(params);
  draft.verifier = FunctionSpec("best_run", cases);
  draft.tags = {"lists", "dynamic programming"};
  // The task without its wording; inputs differ, so a few problems may share a task.
  draft.fingerprint = cases[3].arguments + cases[4].arguments;
  draft.near_misses = {Reference(other), "def best_run(numbers):\n    return sum(numbers)\n"};
  if (params.goal != Goal::kAnyWindow) draft.near_misses.push_back(Reference(longer));
  if (unshifted_kills > 0) draft.near_misses.push_back(Reference(unshifted));
  return draft;
}

}  // namespace

Family WindowSum() {
  return {"window_sum",
          "code",
          "Best sum of neighbouring numbers",
          "Kadane's algorithm (Bentley, Programming Pearls, 1984); sliding windows",
          Generate,
          ProvenByTests};
}

}  // namespace assay
