// Write a recursive function that gives nested lists of numbers a value by drawn rules.
#include <algorithm>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Leaf { kPlain, kTimesDepth, kAlternating, kDivisible, kSquareDeep };
enum class Combine { kSum, kMax, kSumMinusMin, kAlternate };
enum class Extra { kNone, kLength, kDoubleLong, kNegateOdd, kCap };

struct Params {
  Leaf leaf = Leaf::kPlain;
  Combine combine = Combine::kSum;
  Extra extra = Extra::kNone;
  std::int64_t k = 2;      // of the leaf rule
  std::int64_t limit = 2;  // of the extra rule
  std::int64_t empty = 0;  // the value of an empty list
};

std::int64_t LeafValue(const Params& params, std::int64_t n, std::int64_t depth) {
  switch (params.leaf) {
    case Leaf::kPlain:
      return n + params.k;
    case Leaf::kTimesDepth:
      return n * depth;
    case Leaf::kAlternating:
      return depth % 2 == 0 ? -n : n;
    case Leaf::kDivisible:
      return n % params.k == 0 ? n : 0;
    case Leaf::kSquareDeep:
      return depth >= params.k ? n * n : n;
  }
  return 0;
}

std::int64_t Combined(const Params& params, const std::vector<std::int64_t>& values) {
  if (values.empty()) return params.empty;
  std::int64_t sum = 0;
  std::int64_t alternate = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    alternate += i % 2 == 0 ? values[i] : -values[i];
  }
  switch (params.combine) {
    case Combine::kSum:
      return sum;
    case Combine::kMax:
      return *std::max_element(values.begin(), values.end());
    case Combine::kSumMinusMin:
      return sum - *std::min_element(values.begin(), values.end());
    case Combine::kAlternate:
      return alternate;
  }
  return 0;
}

std::int64_t Value(const Params& params, const Json& node, std::int64_t depth) {
  if (node.is_number()) return LeafValue(params, node.get<std::int64_t>(), depth);
  std::vector<std::int64_t> values;
  for (const Json& item : node) values.push_back(Value(params, item, depth + 1));
  const std::int64_t value = Combined(params, values);
  const auto size = std::int64_t(values.size());
  switch (params.extra) {
    case Extra::kNone:
      return value;
    case Extra::kLength:
      return value + params.limit * size;
    case Extra::kDoubleLong:
      return size > params.limit ? 2 * value : value;
    case Extra::kNegateOdd:
      return size % 2 == 1 ? -value : value;
    case Extra::kCap:
      return std::min(value, 10 * params.limit);
  }
  return 0;
}

Json Solve(const Params& params, const Json& arguments) { return Value(params, arguments[0], 0); }

std::string Python(const Params& params) {
  static const std::vector<std::string> leaves = {
      "node + {k}", "node * depth", "-node if depth % 2 == 0 else node",
      "node if node % {k} == 0 else 0", "node * node if depth >= {k} else node"};
  static const std::vector<std::string> combines = {"sum(values)", "max(values)",
                                                    "sum(values) - min(values)",
                                                    "sum(values[::2]) - sum(values[1::2])"};
  static const std::vector<std::string> extras = {
      "value", "value + {limit} * len(node)", "2 * value if len(node) > {limit} else value",
      "-value if len(node) % 2 else value", "min(value, {cap})"};
  const Slots slots = {{"k", std::to_string(params.k)},
                       {"limit", std::to_string(params.limit)},
                       {"cap", std::to_string(10 * params.limit)},
                       {"empty", std::to_string(params.empty)}};
  return Fill("def worth(node, depth=0):\n    if isinstance(node, int):\n        return " +
                  leaves[std::size_t(params.leaf)] +
                  "\n    values = [worth(item, depth + 1) for item in node]\n    value = " +
                  combines[std::size_t(params.combine)] + " if values else {empty}\n    return " +
                  extras[std::size_t(params.extra)] + "\n",
              slots);
}

std::string Words(const Params& params) {
  static const std::vector<std::string> leaves = {
      "A number n has the value n + {k}.", "A number has the value of itself times its depth.",
      "A number n has the value n at odd depth and -n at even depth.",
      "A number has the value of itself if {k} divides it, else 0.",
      "A number n has the value n² at depth {k} or deeper, else n."};
  static const std::vector<std::string> combines = {
      "the sum of the values of its items", "the largest of the values of its items",
      "the sum of the values of its items without the smallest of these values (once)",
      "the values of its items with alternating signs added up, + for the first item"};
  static const std::vector<std::string> extras = {
      "", " To this a list adds {limit} for each of its items (in its own level only).",
      " This is doubled for a list of more than {limit} items.",
      " For a list with an odd number of items the sign of this is changed.",
      " Where this exceeds {cap}, the list's value is {cap} instead."};
  const Slots slots = {{"k", std::to_string(params.k)},
                       {"limit", std::to_string(params.limit)},
                       {"cap", std::to_string(10 * params.limit)},
                       {"empty", std::to_string(params.empty)}};
  return Fill(
      "The items of the outermost list have depth 1, the items of a list among them depth 2, "
      "and so on. " +
          leaves[std::size_t(params.leaf)] + " A list starts from " +
          combines[std::size_t(params.combine)] + ", or {empty} if it is empty." +
          extras[std::size_t(params.extra)],
      slots);
}

Json DrawTree(Rng& rng, int depth, int width) {
  Json list = Json::array();
  const auto size = rng.Int(1, width);
  for (std::int64_t i = 0; i < size; ++i) {
    if (depth > 1 && rng.Chance(0.45)) {
      list.push_back(rng.Chance(0.1) ? Json::array() : DrawTree(rng, depth - 1, width));
    } else {
      list.push_back(rng.Int(-9, 20));
    }
  }
  return list;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.leaf = Leaf(rng.Int(0, level <= 2 ? 1 : 4));
  params.combine = Combine(rng.Int(0, level <= 3 ? 1 : 3));
  params.extra = level <= 3 ? Extra::kNone : Extra(rng.Int(1, level <= 5 ? 2 : 4));
  params.k = rng.Int(2, 3);
  params.limit = rng.Int(2, 4);
  params.empty = level <= 2 ? 0 : rng.Int(-5, 9);
  FunctionTask task;
  task.entry = "worth";
  task.inputs = {Json::array({DrawTree(rng, 2, 3)}), Json::array({DrawTree(rng, 3, 4)})};
  for (const char* edge :
       {"[[]]", "[[7]]", "[[[[]]]]", "[[[[6]], -6]]", "[[2, 4, 6, 8, 10, 12]]"}) {
    task.inputs.push_back(Json::parse(edge));
  }
  const int depth = ByLevel(level, 2, 6);
  for (int i = 0; i < 10; ++i) task.inputs.push_back(Json::array({DrawTree(rng, depth, 5)}));
  std::vector<Params> wrong(5, params);
  wrong[0].leaf = params.leaf == Leaf::kPlain ? Leaf::kTimesDepth : Leaf::kPlain;
  wrong[1].combine = params.combine == Combine::kSum ? Combine::kMax : Combine::kSum;
  wrong[2].empty += 1;
  wrong[3].extra = params.extra == Extra::kNone ? Extra::kLength : Extra::kNone;
  wrong[4].leaf = params.leaf == Leaf::kAlternating ? Leaf::kPlain : Leaf::kAlternating;
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `worth(items)` for lists that hold whole numbers and other such "
       "lists, nested to any depth. It returns the value of the outermost list. {words}",
       "`items` is a list of integers and lists of the same kind, nested as deep as one likes. "
       "Implement `worth(items)` in Python: the value of `items` by these rules. {words}"},
      {{"words", Words(params)}});
  task.tags = {"recursion", "lists"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[1]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family NestedLists() {
  return {"nested_lists",
          "code",
          "The value of nested lists",
          "Written for this project; structural recursion",
          Generate,
          ProvenByTests};
}

}  // namespace assay
