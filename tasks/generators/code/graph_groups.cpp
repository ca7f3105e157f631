// Write a function about the connected parts of a graph whose edges are chosen by a drawn rule.
#include <algorithm>
#include <functional>
#include <numeric>

#include "tasks/generators/code/graph_inputs.h"
#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Use { kAll, kAtMost, kAtLeast, kDivisible, kOddSum };
enum class Report { kSizes, kCount, kTrees, kBipartite, kSmallest, kHeaviest };

struct Params {
  Use use = Use::kAll;
  std::int64_t k = 2;
  Report ask = Report::kSizes;
  std::int64_t least = 1;  // parts of at least so many nodes count
};

bool Uses(const Params& params, const Json& edge) {
  const auto w = edge[2].get<std::int64_t>();
  switch (params.use) {
    case Use::kAll:
      return true;
    case Use::kAtMost:
      return w <= params.k;
    case Use::kAtLeast:
      return w >= params.k;
    case Use::kDivisible:
      return w % params.k != 0;
    case Use::kOddSum:
      return (edge[0].get<std::int64_t>() + edge[1].get<std::int64_t>() + w) % params.k != 0;
  }
  return true;
}

struct Part {
  std::vector<std::int64_t> nodes;
  std::int64_t edges = 0;
  std::int64_t weight = 0;
  bool bipartite = true;
};

// Union and find; Python searches in depth.
std::vector<Part> PartsOf(const Params& params, const Json& arguments) {
  const auto nodes = arguments[0].get<std::size_t>();
  // Nodes 2i and 2i + 1: "i is on this side", "on the other side".
  std::vector<std::size_t> parent(2 * nodes);
  std::iota(parent.begin(), parent.end(), std::size_t(0));
  std::vector<std::size_t> plain(nodes);
  std::iota(plain.begin(), plain.end(), std::size_t(0));
  const auto root = [](std::vector<std::size_t>& forest, std::size_t node) {
    while (forest[node] != node) node = forest[node];
    return node;
  };
  for (const Json& edge : arguments[1]) {
    if (!Uses(params, edge)) continue;
    const auto a = edge[0].get<std::size_t>();
    const auto b = edge[1].get<std::size_t>();
    plain[root(plain, a)] = root(plain, b);
    parent[root(parent, 2 * a)] = root(parent, 2 * b + 1);
    parent[root(parent, 2 * a + 1)] = root(parent, 2 * b);
  }
  std::vector<Part> parts(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    Part& part = parts[root(plain, i)];
    part.nodes.push_back(std::int64_t(i));
    if (root(parent, 2 * i) == root(parent, 2 * i + 1)) part.bipartite = false;
  }
  for (const Json& edge : arguments[1]) {
    if (!Uses(params, edge)) continue;
    Part& part = parts[root(plain, edge[0].get<std::size_t>())];
    ++part.edges;
    part.weight += edge[2].get<std::int64_t>();
  }
  std::vector<Part> kept;
  for (Part& part : parts) {
    if (std::int64_t(part.nodes.size()) >= std::max<std::int64_t>(1, params.least)) {
      kept.push_back(std::move(part));
    }
  }
  return kept;
}

Json Solve(const Params& params, const Json& arguments) {
  const auto parts = PartsOf(params, arguments);
  Json list = Json::array();
  std::int64_t count = 0;
  for (const Part& part : parts) {
    const auto size = std::int64_t(part.nodes.size());
    if (params.ask == Report::kSizes) list.push_back(size);
    if (params.ask == Report::kSmallest) list.push_back(part.nodes.front());
    if (params.ask == Report::kHeaviest) list.push_back(part.weight);
    const bool counts = params.ask == Report::kCount ||
                        (params.ask == Report::kTrees && part.edges == size - 1) ||
                        (params.ask == Report::kBipartite && part.bipartite);
    count += counts ? 1 : 0;
  }
  if (params.ask != Report::kSizes && params.ask != Report::kSmallest &&
      params.ask != Report::kHeaviest) {
    return count;
  }
  std::vector<std::int64_t> numbers = list;
  std::sort(numbers.begin(), numbers.end());
  if (params.ask != Report::kSmallest) std::reverse(numbers.begin(), numbers.end());
  return numbers;
}

std::string Python(const Params& params) {
  static const std::vector<std::string> uses = {"True", "w <= {k}", "w >= {k}", "w % {k} != 0",
                                                "(a + b + w) % {k} != 0"};
  static const std::vector<std::string> asks = {
      "sorted((len(part) for part in parts), reverse=True)",
      "len(parts)",
      "sum(1 for part in parts if sum(len(near[i]) for i in part) == 2 * (len(part) - 1))",
      "sum(1 for part in parts if all(part[i] != part[j] for i in part for j, _ in near[i]))",
      "sorted(min(part) for part in parts)",
      "sorted((sum(w for i in part for _, w in near[i]) // 2 for part in parts), reverse=True)"};
  return Fill(R"(def parts_of(n, edges):
    near = [[] for _ in range(n)]
    for a, b, w in edges:
        if )" + uses[std::size_t(params.use)] +
                  R"(:
            near[a].append((b, w))
            near[b].append((a, w))
    seen = set()
    parts = []
    for start in range(n):
        if start in seen:
            continue
        part = {start: 0}
        stack = [start]
        while stack:
            i = stack.pop()
            for j, _ in near[i]:
                if j not in part:
                    part[j] = 1 - part[i]
                    stack.append(j)
        seen.update(part)
        parts.append(part)
    parts = [part for part in parts if len(part) >= {least}]
    return )" + asks[std::size_t(params.ask)] +
                  "\n",
              {{"k", std::to_string(params.k)}, {"least", std::to_string(params.least)}});
}

std::string Words(const Params& params) {
  static const std::vector<std::string> uses = {
      "All edges are used.", "Only edges with w <= {k} are used.",
      "Only edges with w >= {k} are used.", "Edges whose w is divisible by {k} are not used.",
      "Edges for which {k} divides a + b + w are not used."};
  static const std::vector<std::string> asks = {
      "a list of the numbers of nodes of all {those}, largest first",
      "the number of {those}",
      "the number of {those} without a cycle (a single node has none)",
      "the number of {those} whose nodes can be coloured with two colours so that every used edge "
      "joins different colours",
      "a list of the smallest node of each of the {those}, in increasing order",
      "a list of the total w of the used edges within each of the {those}, largest first"};
  const std::string those = params.least <= 1
                                ? "parts"
                                : "parts with at least " + std::to_string(params.least) + " nodes";
  return Fill("Edges join their nodes in both directions. " + uses[std::size_t(params.use)] +
                  " A part is a largest set of nodes that can reach each other over used edges; a "
                  "node without used edges is a part of its own. Return " +
                  asks[std::size_t(params.ask)] + ".",
              {{"k", std::to_string(params.k)}, {"those", those}});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  if (level >= 2) params.use = Use(rng.Int(1, level <= 4 ? 2 : 4));
  const bool compared = params.use == Use::kAtMost || params.use == Use::kAtLeast;
  params.k = compared ? rng.Int(8, 14) : rng.Int(2, 5);
  params.ask = Report(level <= 3 ? rng.Int(0, 1) : (level <= 6 ? rng.Int(2, 4) : rng.Int(2, 5)));
  if (level >= 4) params.least = rng.Int(2, 3);
  FunctionTask task;
  task.entry = "parts_of";
  const auto input = [&](std::int64_t nodes, std::int64_t edges) {
    return Json::array({nodes, RandomEdges(rng, nodes, edges, 20)});
  };
  task.inputs = {input(6, 6), input(7, 8), input(1, 0), input(3, 0)};
  const int most = ByLevel(level, 8, 24);
  for (int i = 0; i < 14; ++i) {
    const auto nodes = rng.Int(5, most);
    task.inputs.push_back(input(nodes, rng.Int(nodes / 2, 2 * nodes)));
  }
  std::vector<Params> wrong(1, params);
  wrong[0].ask = params.ask == Report::kCount ? Report::kTrees : Report::kCount;
  if (params.use != Use::kAll) {
    wrong.push_back(params);
    wrong.back().use = Use::kAll;
    wrong.push_back(params);
    ++wrong.back().k;
  }
  if (params.least > 1) wrong.push_back(params), wrong.back().least = 1;
  wrong.push_back(params);
  ++wrong.back().least;
  SetRules(task, params, wrong, Solve, Python);
  task.question =
      Say(rng,
          {"Write a Python function `parts_of(n, edges)` for a graph on the nodes 0 to n - 1 with "
           "edges [a, b, w], where w is a positive whole number. {words}",
           "A graph has n nodes (0, 1, …, n - 1) and weighted edges, each a list [a, b, w] of two "
           "different nodes and a positive integer. Implement `parts_of(n, edges)` in Python. "
           "{words}"},
          {{"words", Words(params)}});
  task.tags = {"graphs"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family GraphGroups() {
  return {"graph_groups",
          "code",
          "Connected parts of a graph",
          "Hopcroft and Tarjan, Algorithm 447 (1973)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
