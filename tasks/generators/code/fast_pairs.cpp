// Count or optimise pairs of a long list of numbers; trying all pairs exceeds the time limit from
// level 4 on. The list comes from a small generator that the tests and the prompt share.
#include <algorithm>
#include <unordered_map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Goal { kSumAtMost, kDifference, kInversions, kBestGap, kSumDivisible, kNearestSum };

struct Params {
  Goal goal = Goal::kSumAtMost;
  std::int64_t k = 0;
  bool by_value = false;  // kDifference: at least k instead of exactly
};

using List = std::vector<std::int64_t>;

std::int64_t Merged(List& list, std::int64_t k) {
  if (list.size() < 2) return 0;
  const auto half = list.begin() + std::ptrdiff_t(list.size() / 2);
  List left(list.begin(), half);
  List right(half, list.end());
  std::int64_t count = Merged(left, k) + Merged(right, k);
  std::size_t at = 0;
  for (const auto x : right) {
    while (at < left.size() && left[at] <= x + k) ++at;
    count += std::int64_t(left.size() - at);
  }
  std::merge(left.begin(), left.end(), right.begin(), right.end(), list.begin());
  return count;
}

Json SolveList(const Params& params, List list) {
  if (params.goal == Goal::kInversions) return Merged(list, params.k);
  if (params.goal == Goal::kBestGap) {
    const List original = list;
    std::optional<std::int64_t> best;
    for (std::size_t i = list.size(); i-- > 0;) {  // from the right, with the largest item so far
      const std::size_t partner = i + std::size_t(params.k);
      if (partner >= list.size()) continue;
      if (partner + 1 < list.size()) list[partner] = std::max(list[partner], list[partner + 1]);
      const auto gap = list[partner] - original[i];
      best = std::max(best.value_or(gap), gap);
    }
    return best ? Json(*best) : Json();
  }
  std::sort(list.begin(), list.end());
  std::int64_t count = 0;
  std::unordered_map<std::int64_t, std::int64_t> seen;  // never iterated
  switch (params.goal) {
    case Goal::kSumAtMost:
      for (std::size_t i = 0; i < list.size(); ++i) {
        const auto end =
            std::upper_bound(list.begin() + std::ptrdiff_t(i) + 1, list.end(), params.k - list[i]);
        count += end - (list.begin() + std::ptrdiff_t(i) + 1);
      }
      return count;
    case Goal::kDifference:
      for (const auto x : list) {
        if (params.by_value) {
          count += std::upper_bound(list.begin(), list.end(), x - params.k) - list.begin();
        } else if (const auto found = seen.find(x - params.k); found != seen.end()) {
          count += found->second;
        }
        ++seen[x];
      }
      return count;
    case Goal::kSumDivisible:
      for (const auto x : list) {
        if (const auto found = seen.find((params.k - x % params.k) % params.k);
            found != seen.end()) {
          count += found->second;
        }
        ++seen[x % params.k];
      }
      return count;
    case Goal::kNearestSum: {
      if (list.size() < 2) return Json();
      std::int64_t best = std::abs(list[0] + list[1] - params.k);
      std::size_t low = 0;
      std::size_t high = list.size() - 1;
      while (low < high) {
        const auto sum = list[low] + list[high];
        best = std::min(best, std::abs(sum - params.k));
        sum < params.k ? ++low : --high;
      }
      return best;
    }
    default:
      return Json();
  }
}

Json Solve(const Params& params, const Json& arguments) {
  return SolveList(params, arguments[0].get<List>());
}

std::string Python(const Params& params) {
  const Slots slots = {{"k", std::to_string(params.k)}};
  switch (params.goal) {
    case Goal::kSumAtMost:
      return Fill(R"(def pairs(nums):
    nums = sorted(nums)
    count, high = 0, len(nums) - 1
    for low in range(len(nums)):
        while high > low and nums[low] + nums[high] > {k}:
            high -= 1
        if high <= low:
            break
        count += high - low
    return count
)",
                  slots);
    case Goal::kDifference:
      if (params.by_value) {
        return Fill(R"(def pairs(nums):
    nums = sorted(nums)
    count = low = 0
    for x in nums:
        while low < len(nums) and x - nums[low] >= {k}:
            low += 1
        count += low
    return count
)",
                    slots);
      }
      return Fill(R"(from collections import Counter


def pairs(nums):
    counts = Counter(nums)
    return sum(n * counts.get(x + {k}, 0) for x, n in counts.items())
)",
                  slots);
    case Goal::kInversions:
      return Fill(R"(def pairs(nums):
    tree, count = [0] * 1001, 0
    for seen, x in enumerate(nums):
        count += seen
        i = min(x + {k} + 1, 1000)
        while i > 0:
            count -= tree[i]
            i -= i & -i
        i = x + 1
        while i <= 1000:
            tree[i] += 1
            i += i & -i
    return count
)",
                  slots);
    case Goal::kBestGap:
      return Fill(R"(def pairs(nums):
    best = least = None
    for i in range({k}, len(nums)):
        x = nums[i - {k}]
        least = x if least is None else min(least, x)
        gap = nums[i] - least
        best = gap if best is None else max(best, gap)
    return best
)",
                  slots);
    case Goal::kSumDivisible:
      return Fill(R"(def pairs(nums):
    counts, found = [0] * {k}, 0
    for x in nums:
        found += counts[-x % {k}]
        counts[x % {k}] += 1
    return found
)",
                  slots);
    case Goal::kNearestSum:
      return Fill(R"(def pairs(nums):
    nums = sorted(nums)
    low, high, best = 0, len(nums) - 1, None
    while low < high:
        total = nums[low] + nums[high]
        off = abs(total - {k})
        best = off if best is None else min(best, off)
        if total < {k}:
            low += 1
        else:
            high -= 1
    return best
)",
                  slots);
  }
  return "";
}

std::string Naive(const Params& params) {
  const Slots slots = {{"k", std::to_string(params.k)}};
  std::string test;
  switch (params.goal) {
    case Goal::kSumAtMost:
      test = "nums[i] + nums[j] <= {k}";
      break;
    case Goal::kDifference:
      test = params.by_value ? "abs(nums[i] - nums[j]) >= {k}" : "abs(nums[i] - nums[j]) == {k}";
      break;
    case Goal::kInversions:
      test = "nums[i] > nums[j] + {k}";
      break;
    case Goal::kSumDivisible:
      test = "(nums[i] + nums[j]) % {k} == 0";
      break;
    case Goal::kBestGap:
    case Goal::kNearestSum: {
      const bool gap = params.goal == Goal::kBestGap;
      return Fill(std::string("def pairs(nums):\n    best = None\n    for i in range(len(nums)):\n"
                              "        for j in range(") +
                      (gap ? "i + {k}" : "i + 1") + ", len(nums)):\n            value = " +
                      (gap ? "nums[j] - nums[i]" : "abs(nums[i] + nums[j] - {k})") +
                      "\n            if best is None or value " + (gap ? ">" : "<") +
                      " best:\n                best = value\n    return best\n",
                  slots);
    }
  }
  return Fill(
      "def pairs(nums):\n    count = 0\n    for i in range(len(nums)):\n"
      "        for j in range(i + 1, len(nums)):\n            if " +
          test + ":\n                count += 1\n    return count\n",
      slots);
}

std::string Words(const Params& params) {
  static const std::vector<std::string> goals = {
      "the number of pairs i < j with nums[i] + nums[j] <= {k}",
      "the number of pairs i < j for which |nums[i] - nums[j]| is {how} {k}",
      "the number of pairs i < j with nums[i] > nums[j] + {k}",
      "the largest value of nums[j] - nums[i] over all pairs with j - i >= {k}, or None if there "
      "is no such "
      "pair",
      "the number of pairs i < j for which nums[i] + nums[j] is divisible by {k}",
      "the smallest value of |nums[i] + nums[j] - {k}| over all pairs i < j, or None if there is "
      "no pair"};
  return Fill(goals[std::size_t(params.goal)],
              {{"k", std::to_string(params.k)}, {"how", params.by_value ? "at least" : "exactly"}});
}

// The same numbers in C++ and in the tests' Python: x -> (a x + c) mod 2^31.
struct Stream {
  std::int64_t seed, size, range;
};

List ListOf(const Stream& stream) {
  List list;
  std::int64_t x = stream.seed;
  for (std::int64_t i = 0; i < stream.size; ++i) {
    x = (1103515245 * x + 12345) % 2147483648;
    list.push_back(x / 65536 % stream.range);
  }
  return list;
}

const char* const kStreamPython = R"(def stream(seed, size, span):
    nums, x = [], seed
    for _ in range(size):
        x = (1103515245 * x + 12345) % 2147483648
        nums.append(x // 65536 % span)
    return nums


)";

Params Draw(Rng& rng, int level) {
  Params params;
  params.goal = Goal(rng.Int(0, level <= 3 ? 1 : 5));
  params.by_value = rng.Chance(0.5);
  switch (params.goal) {
    case Goal::kSumAtMost:
    case Goal::kNearestSum:
      params.k = rng.Int(300, 1500);
      break;
    case Goal::kDifference:
      params.k = rng.Int(5, 300);
      break;
    case Goal::kInversions:
      params.k = rng.Int(0, 200);
      break;
    case Goal::kBestGap:
      params.k = rng.Int(2, 9);
      break;
    case Goal::kSumDivisible:
      params.k = rng.Int(3, 60);
  }
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "pairs";
  task.inputs = {Json::array({RandomInts(rng, 5, 7, 0, 999)}),
                 Json::array({RandomInts(rng, 6, 8, 0, 999)}), Json::parse("[[]]"),
                 Json::parse("[[5]]"), Json::array({RandomInts(rng, 2, 2, 0, 999)})};
  for (int i = 0; i < 12; ++i) task.inputs.push_back(Json::array({RandomInts(rng, 8, 60, 0, 999)}));
  std::vector<Params> wrong(1, params);
  ++wrong[0].k;
  if (params.goal == Goal::kDifference)
    wrong.push_back(params), wrong.back().by_value = !params.by_value;
  wrong.push_back(params);
  wrong.back().goal = params.goal == Goal::kSumAtMost ? Goal::kInversions : Goal::kSumAtMost;
  SetRules(task, params, wrong, Solve, Python);
  const bool limited = level >= 4;
  const std::int64_t size = limited ? ByLevel(level, 28'000, 45'000) : 200;
  task.cpu_ms = limited ? 1000 : 5000;
  task.question =
      Say(rng,
          {"Write a Python function `pairs(nums)` for a list of whole numbers from 0 to 999. It "
           "returns {words}. "
           "The list has up to {size} items{time}.",
           "`nums` is a list of at most {size} integers (0 to 999 each). Implement `pairs(nums)` "
           "in Python, which "
           "returns {words}{time}."},
          {{"words", Words(params)},
           {"size", std::to_string(size)},
           {"time", limited ? "; the time is limited, so that trying all pairs is too slow" : ""}});
  task.tags = {"sorting", "complexity"};
  task.fingerprint = Words(params);
  auto draft = FunctionDraft(rng, task);
  if (!draft) return draft;
  const Stream stream{rng.Int(1, 1'000'000), size, 1000};
  const Json expected = SolveList(params, ListOf(stream));
  auto test = draft->verifier["test"].get<std::string>();
  test = kStreamPython + test + "    assert candidate(stream(" + std::to_string(stream.seed) +
         ", " + std::to_string(stream.size) + ", 1000)) == " + PythonLiteral(expected) + "\n";
  draft->verifier["test"] = test;
  if (limited) draft->near_misses.push_back(Naive(params));
  return draft;
}

}  // namespace

Family FastPairs() {
  return {"fast_pairs",
          "code",
          "Pairs of a long list under a time limit",
          "Two pointers, counting and merge sort (Knuth, TAOCP 3, 5.2.4)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
