#include "tasks/generators/code/repair_programs.h"

#include <algorithm>

#include "tasks/generators/code/task.h"

namespace assay {
namespace {

using mini::Value;
using Arguments = std::vector<Value>;

struct Pattern {
  int hardness;  // 1 to 3
  const char* entry;
  const char* words;
  const char* source;
  Arguments (*arguments)(Rng& rng, int size);
};

Value Numbers(Rng& rng, int size, int low, int high) {
  Value list = Value::array();
  for (int i = 0; i < size; ++i) list.push_back(rng.Int(low, high));
  return list;
}

Value SortedNumbers(Rng& rng, int size, int high) {
  auto numbers = Numbers(rng, size, 0, high).get<std::vector<int>>();
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Arguments Plain(Rng& rng, int size) { return {Numbers(rng, size, -9, 12)}; }
Arguments Small(Rng& rng, int size) { return {Numbers(rng, size, 0, 3)}; }
Arguments Sorted(Rng& rng, int size) { return {SortedNumbers(rng, size, 12)}; }
Arguments TwoSorted(Rng& rng, int size) {
  return {SortedNumbers(rng, size, 15), SortedNumbers(rng, int(rng.Int(0, size)), 15)};
}
Arguments SortedAndOne(Rng& rng, int size) {
  return {SortedNumbers(rng, size, 14), rng.Int(0, 15)};
}
Arguments Text(Rng& rng, int size) { return {RandomText(rng, size, "aabbc")}; }
Arguments Letters(Rng& rng, int size) { return {RandomText(rng, size, "abcxyzmno .")}; }
Arguments Brackets(Rng& rng, int size) {
  std::string text;
  int depth = 0;
  for (int i = 0; i < size; ++i) {
    const bool open = depth == 0 || rng.Chance(0.5);
    depth += open ? 1 : -1;
    text += open ? '(' : ')';
  }
  if (rng.Chance(0.7)) text += std::string(std::size_t(depth), ')');
  if (size > 0 && rng.Chance(0.2)) text[std::size_t(rng.Int(0, size - 1))] = ')';
  return {text};
}
Arguments One(Rng& rng, int size) { return {rng.Int(1, 6 * size + 2)}; }
Arguments Count(Rng& rng, int size) { return {rng.Int(0, size + 2)}; }
Arguments Intervals(Rng& rng, int size) {
  std::vector<std::pair<int, int>> intervals;
  for (int i = 0; i < size; ++i) {
    const int a = int(rng.Int(0, 30));
    intervals.emplace_back(a, a + int(rng.Int(1, 8)));
  }
  std::sort(intervals.begin(), intervals.end());
  Value list = Value::array();
  for (const auto& [a, b] : intervals) list.push_back(Value::array({a, b}));
  return {list};
}
Arguments Grid(Rng& rng, int size) {
  Value grid = Value::array();
  const int columns = 1 + size / 2;
  for (int r = 0; r < 1 + size / 3; ++r) grid.push_back(Numbers(rng, columns, 0, 9));
  return {grid};
}
Arguments Words(Rng& rng, int size) {
  Value list = Value::array();
  for (int i = 0; i < size; ++i) list.push_back(RandomText(rng, int(rng.Int(1, 5)), "abcd"));
  return {list};
}

const std::vector<Pattern>& Patterns() {
  static const std::vector<Pattern> patterns = {
      {1, "longest_run",
       "the length of the longest run of equal neighbours in the list `nums` (0 for the "
       "empty list)",
       R"(def longest_run(nums):
    best = 0
    run = 0
    for i in range(len(nums)):
        if i > 0 and nums[i] == nums[i - 1]:
            run += 1
        else:
            run = 1
        best = max(best, run)
    return best
)",
       Small},
      {1, "count_records",
       "how many items of the list `nums` are greater than all items before them; the "
       "first item always counts, and an item that equals the largest one so far does not",
       R"(def count_records(nums):
    count = 0
    best = None
    for x in nums:
        if best == None or x > best:
            count += 1
            best = x
    return count
)",
       Plain},
      {1, "select",
       "the items of the list `nums` that are at least {k} or divisible by {m}, in their order, "
       "with items that are below 0 left out",
       R"(def select(nums):
    out = []
    for x in nums:
        if x < 0:
            continue
        if x >= {k} or x % {m} == 0:
            out.append(x)
    return out
)",
       Plain},
      {1, "weighted",
       "the sum of all items of the list `nums`, where items at the indices {r}, {r} + {m}, "
       "{r} + 2 * {m}, … count {k} times and all others once (indices start at 0)",
       R"(def weighted(nums):
    total = 0
    for i in range(len(nums)):
        if i % {m} == {r}:
            total += {k} * nums[i]
        else:
            total += nums[i]
    return total
)",
       Plain},
      {1, "depth",
       "the greatest nesting depth of the brackets in `text` (a string of '(' and ')'), or -1 if "
       "they are not balanced",
       R"(def depth(text):
    level = 0
    most = 0
    for c in text:
        if c == '(':
            level += 1
            most = max(most, level)
        else:
            level -= 1
            if level < 0:
                return -1
    return most if level == 0 else -1
)",
       Brackets},
      {1, "digit_sum", "the sum of the digits of the whole number `n` >= 0 written in base {b}",
       R"(def digit_sum(n):
    total = 0
    while n > 0:
        total += n % {b}
        n = n // {b}
    return total
)",
       One},
      {2, "merge",
       "one increasing list of all items of the two increasing lists `a` and `b`, equal items "
       "as often as they occur in both together",
       R"(def merge(a, b):
    out = []
    i = 0
    j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    out += a[i:]
    out += b[j:]
    return out
)",
       TwoSorted},
      {2, "first_at_least",
       "the smallest index i with nums[i] >= x in the increasing list `nums`, or "
       "len(nums) if there is none",
       R"(def first_at_least(nums, x):
    low = 0
    high = len(nums)
    while low < high:
        middle = (low + high) // 2
        if nums[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low
)",
       SortedAndOne},
      {2, "encode",
       "the run-length code of `text`: each run of equal characters as the character, followed "
       "by the length of the run if that is at least {m} ('aaab' becomes 'a3b' when runs of 3 are "
       "long "
       "enough); shorter runs stay as they are",
       R"(def encode(text):
    out = ''
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        if j - i >= {m}:
            out += text[i] + str(j - i)
        else:
            out += text[i:j]
        i = j
    return out
)",
       Text},
      {2, "shift",
       "`text` with every lower-case letter moved {k} places on in the alphabet (after 'z' comes "
       "'a') if its position is even, and {m} places back if it is odd; other characters stay",
       R"(def shift(text):
    out = ''
    for i, c in enumerate(text):
        if c < 'a' or c > 'z':
            out += c
        elif i % 2 == 0:
            out += chr((ord(c) - 97 + {k}) % 26 + 97)
        else:
            out += chr((ord(c) - 97 - {m}) % 26 + 97)
    return out
)",
       Letters},
      {2, "factors",
       "the prime factors of the whole number `n` >= 1 in increasing order, each as often as "
       "it divides n, but at most {k} times",
       R"(def factors(n):
    out = []
    p = 2
    while p * p <= n:
        times = 0
        while n % p == 0:
            if times < {k}:
                out.append(p)
            times += 1
            n = n // p
        p += 1
    if n > 1:
        out.append(n)
    return out
)",
       One},
      {2, "most_frequent",
       "the most frequent character of `text`, the alphabetically first of several, or "
       "'' for the empty text",
       R"(def most_frequent(text):
    counts = {}
    for c in text:
        counts[c] = counts.get(c, 0) + 1
    best = ''
    for c in sorted(counts):
        if best == '' or counts[c] > counts[best]:
            best = c
    return best
)",
       Text},
      {2, "stairs",
       "in how many ways one can climb `n` stairs (n >= 0) by steps of 1, {m} or {k} + {m} "
       "stairs, where the order of the steps matters",
       R"(def stairs(n):
    ways = [1]
    for i in range(1, n + 1):
        total = ways[i - 1]
        if i >= {m}:
            total += ways[i - {m}]
        if i >= {k} + {m}:
            total += ways[i - {k} - {m}]
        ways.append(total)
    return ways[n]
)",
       Count},
      {2, "survivor",
       "who is left when people 0 to n - 1 (n >= 1) stand in a circle and every {kth} one is sent "
       "away, counting from person 0 as the first, until one is left",
       R"(def survivor(n):
    people = [i for i in range(n)]
    at = 0
    while len(people) > 1:
        at = (at + {k} - 1) % len(people)
        people.pop(at)
    return people[0]
)",
       [](Rng& rng, int size) { return Arguments{rng.Int(1, size + 3)}; }},
      {3, "blocks",
       "the list of blocks [start, end] that the intervals cover; `intervals` is a list of "
       "[start, end] ordered by start, and intervals with a gap of at most {m} between them "
       "(touching and "
       "overlapping ones too) belong to one block",
       R"(def blocks(intervals):
    out = []
    for pair in intervals:
        a = pair[0]
        b = pair[1]
        if out and a - out[-1][1] <= {m}:
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out
)",
       Intervals},
      {3, "swaps",
       "how many exchanges of neighbours insertion sort makes on the list `nums` when each item "
       "moves left past all items that are greater by at least {m}, up to the first that is not",
       R"(def swaps(nums):
    count = 0
    for i in range(1, len(nums)):
        j = i
        while j > 0 and nums[j - 1] - nums[j] >= {m}:
            nums[j], nums[j - 1] = nums[j - 1], nums[j]
            j -= 1
            count += 1
    return count
)",
       Plain},
      {3, "pairs",
       "how many pairs of different indices of the increasing list `nums` have items with a sum of "
       "at most {s} (each pair counted once)",
       R"(def pairs(nums):
    count = 0
    low = 0
    high = len(nums) - 1
    while low < high:
        if nums[low] + nums[high] <= {s}:
            count += high - low
            low += 1
        else:
            high -= 1
    return count
)",
       Sorted},
      {3, "richest",
       "the list [row, column] of the place in `grid` (a list of equally long rows) whose number "
       "plus {k} times the number below it (0 in the last row) is largest; of several the one in "
       "the "
       "uppermost row, there the leftmost",
       R"(def richest(grid):
    best = None
    place = [0, 0]
    for r, row in enumerate(grid):
        for c, x in enumerate(row):
            value = x
            if r + 1 < len(grid):
                value += {k} * grid[r + 1][c]
            if best == None or value > best:
                best = value
                place = [r, c]
    return place
)",
       Grid},
      {3, "best_stretch",
       "the largest sum of a non-empty stretch of at most {k} neighbouring items of the list "
       "`nums`, or 0 if the list is empty",
       R"(def best_stretch(nums):
    best = None
    for i in range(len(nums)):
        total = 0
        for j in range(i, min(len(nums), i + {k})):
            total += nums[j]
            if best == None or total > best:
                best = total
    return best if best != None else 0
)",
       Plain},
      {3, "common",
       "the longest common prefix of the two words of the list `words` that share the longest one "
       "('' if there are fewer than two words); of several, the one found with the earliest first "
       "word, "
       "then the earliest second",
       R"(def common(words):
    best = ''
    for i in range(len(words)):
        for j in range(i + 1, len(words)):
            n = 0
            while n < len(words[i]) and n < len(words[j]) and words[i][n] == words[j][n]:
                n += 1
            if n > len(best):
                best = words[i][:n]
    return best
)",
       Words},
      {3, "hill",
       "the length of the longest stretch of neighbouring items of `nums` that rises strictly (by "
       "at least one step) and then falls strictly (by at least one step), or 0 if there is none",
       R"(def hill(nums):
    best = 0
    for i in range(1, len(nums) - 1):
        if nums[i] > nums[i - 1] and nums[i] > nums[i + 1]:
            left = i
            while left > 0 and nums[left - 1] < nums[left]:
                left -= 1
            right = i
            while right + 1 < len(nums) and nums[right + 1] < nums[right]:
                right += 1
            best = max(best, right - left + 1)
    return best
)",
       Plain},
  };
  return patterns;
}

}  // namespace

RepairProgram DrawRepairProgram(Rng& rng, int level) {
  const int easiest = level <= 4 ? 1 : (level <= 7 ? 2 : 3);
  const int hardest = level <= 2 ? 1 : (level <= 5 ? 2 : 3);
  std::vector<const Pattern*> fitting;
  for (const Pattern& pattern : Patterns()) {
    if (pattern.hardness >= easiest && pattern.hardness <= hardest) fitting.push_back(&pattern);
  }
  const Pattern& pattern = *rng.Pick(fitting);
  const auto m = rng.Int(2, 4);
  static const std::vector<std::string> ordinals = {"second", "third", "fourth", "fifth"};
  const auto k = rng.Int(2, 5);
  const Slots slots = {{"k", std::to_string(k)},
                       {"kth", ordinals[std::size_t(k - 2)]},
                       {"m", std::to_string(m)},
                       {"r", std::to_string(rng.Int(0, m - 1))},
                       {"b", std::to_string(rng.Int(2, 9))},
                       {"s", std::to_string(rng.Int(8, 16))}};
  return {pattern.entry, Fill(pattern.words, slots), Fill(pattern.source, slots),
          pattern.arguments};
}

}  // namespace assay
