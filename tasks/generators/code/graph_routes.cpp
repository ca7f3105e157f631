// Write a function for the best route through a weighted graph under drawn rules.
#include <algorithm>
#include <array>
#include <limits>

#include "tasks/generators/code/graph_inputs.h"
#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Cost { kSum, kLargest, kSteps };

struct Params {
  bool directed = false;
  Cost cost = Cost::kSum;
  std::optional<std::int64_t> heaviest;  // heavier edges are closed
  std::int64_t toll = 0;                 // on entering a node divisible by `every`
  std::int64_t every = 2;
  std::optional<std::int64_t> closed;  // no route visits nodes that leave remainder 1 by this
  bool even_steps = false;             // the number of edges must be even
};

constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;

bool Blocked(const Params& params, std::int64_t node, std::int64_t nodes) {
  return params.closed && node % *params.closed == 1 && node != nodes - 1;
}

// Relaxes all edges until nothing changes (Bellman and Ford); Python runs Dijkstra's algorithm.
Json Solve(const Params& params, const Json& arguments) {
  const auto nodes = arguments[0].get<std::int64_t>();
  // State: node and parity of the steps.
  std::vector<std::array<std::int64_t, 2>> best(std::size_t(nodes), {kFar, kFar});
  best[0][0] = 0;
  bool changed = true;
  const auto relax = [&](std::int64_t a, std::int64_t b, std::int64_t w) {
    if (Blocked(params, b, nodes) || (params.heaviest && w > *params.heaviest)) return;
    for (std::size_t parity = 0; parity < 2; ++parity) {
      const std::int64_t from = best[std::size_t(a)][parity];
      if (from == kFar) continue;
      std::int64_t cost = params.cost == Cost::kSum       ? from + w
                          : params.cost == Cost::kLargest ? std::max(from, w)
                                                          : from + 1;
      if (b % params.every == 0) cost += params.toll;
      auto& to = best[std::size_t(b)][1 - parity];
      if (cost < to) to = cost, changed = true;
    }
  };
  while (changed) {
    changed = false;
    for (const Json& edge : arguments[1]) {
      relax(edge[0], edge[1], edge[2]);
      if (!params.directed) relax(edge[1], edge[0], edge[2]);
    }
  }
  const auto& end = best[std::size_t(nodes - 1)];
  const std::int64_t answer = params.even_steps ? end[0] : std::min(end[0], end[1]);
  return answer == kFar ? -1 : answer;
}

std::string Python(const Params& params) {
  const std::string step =
      params.cost == Cost::kSum ? "d + w" : (params.cost == Cost::kLargest ? "max(d, w)" : "d + 1");
  const std::string toll = params.toll == 0 ? "" : " + ({toll} if node % {every} == 0 else 0)";
  const std::string heavy =
      params.heaviest ? "        if w > {heaviest}:\n            continue\n" : "";
  const std::string closed =
      params.closed
          ? "            if node % {closed} == 1 and node != n - 1:\n                continue\n"
          : "";
  return Fill(
      "import heapq\n\n\ndef route(n, edges):\n    ways = [[] for _ in range(n)]\n"
      "    for a, b, w in edges:\n" +
          heavy + "        ways[a].append((b, w))\n" +
          (params.directed ? "" : "        ways[b].append((a, w))\n") +
          "    queue = [(0, 0, 0)]\n    done = set()\n    while queue:\n"
          "        d, here, parity = heapq.heappop(queue)\n"
          "        if (here, parity) in done:\n            continue\n"
          "        done.add((here, parity))\n        if here == n - 1" +
          (params.even_steps ? " and parity == 0" : "") +
          ":\n            return d\n        for node, w in ways[here]:\n" + closed +
          "            cost = " + step + toll +
          "\n            heapq.heappush(queue, (cost, node, 1 - parity))\n    return -1\n",
      {{"toll", std::to_string(params.toll)},
       {"every", std::to_string(params.every)},
       {"closed", std::to_string(params.closed.value_or(0))},
       {"heaviest", std::to_string(params.heaviest.value_or(0))}});
}

std::string Words(const Params& params) {
  std::string text = params.directed ? "An edge [a, b, w] leads from a to b only. "
                                     : "An edge [a, b, w] may be used in both directions. ";
  if (params.heaviest) {
    text += "Edges with w > " + std::to_string(*params.heaviest) + " are closed. ";
  }
  if (params.closed) {
    text += "No route may enter a node whose number leaves the remainder 1 when divided by " +
            std::to_string(*params.closed) + ", except node n - 1. ";
  }
  static const std::vector<std::string> costs = {
      "A route costs the sum of the w of its edges",
      "A route starts at cost 0 and every edge raises its cost to w if it was lower",
      "A route costs 1 for each of its edges"};
  text += costs[std::size_t(params.cost)];
  if (params.toll != 0) {
    text += ", and entering a node whose number is divisible by " + std::to_string(params.every) +
            " then adds " + std::to_string(params.toll) +
            " (each time; being at node 0 at the start "
            "costs nothing)";
  }
  text += ". ";
  if (params.even_steps) {
    text +=
        "Only routes with an even number of edges count (a route may use edges and nodes "
        "several times; the route without edges is even). ";
  }
  return text +
         "Return the cost of the cheapest route from node 0 to node n - 1, or -1 if there is "
         "none.";
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.directed = rng.Chance(0.5);
  params.cost = Cost(rng.Int(0, 2));
  if (level >= 3) params.heaviest = rng.Int(10, 17);
  if (level >= 5) params.toll = rng.Int(2, 15);
  params.every = rng.Int(2, 4);
  if (level >= 6) params.closed = rng.Int(4, 6);
  if (level >= 8) params.even_steps = true;
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "route";
  const auto input = [&](std::int64_t nodes, std::int64_t edges) {
    return Json::array({nodes, RandomEdges(rng, nodes, edges, 20)});
  };
  task.inputs = {input(4, 7), input(5, 8), input(1, 0), input(2, 0), input(2, 4)};
  const int most = ByLevel(level, 7, 14);
  for (int i = 0; i < 14; ++i) {
    const auto nodes = rng.Int(4, most);
    task.inputs.push_back(input(nodes, nodes * rng.Int(2, 4)));
  }
  std::vector<Params> wrong(2, params);
  wrong[0].directed = !params.directed;
  wrong[1].cost = params.cost == Cost::kSum ? Cost::kSteps : Cost::kSum;
  if (params.heaviest) wrong.push_back(params), wrong.back().heaviest.reset();
  if (params.toll != 0) wrong.push_back(params), wrong.back().toll = 0;
  if (params.closed) wrong.push_back(params), wrong.back().closed.reset();
  if (params.even_steps) wrong.push_back(params), wrong.back().even_steps = false;
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"A network has n nodes, numbered 0 to n - 1, and a list of edges [a, b, w] with whole "
       "numbers w > 0. Write a Python function `route(n, edges)`. {words}",
       "Implement `route(n, edges)` in Python for a graph on the nodes 0, 1, …, n - 1 (n >= 1), "
       "where each edge is a list [a, b, w] and w is a positive integer. {words}"},
      {{"words", Words(params)}});
  task.tags = {"graphs"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family GraphRoutes() {
  return {
      "graph_routes", "code",       "Cheapest route in a graph", "Dijkstra (1959); Bellman (1958)",
      Generate,       ProvenByTests};
}

}  // namespace assay
