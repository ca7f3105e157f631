// A hidden path and a few further edges.
#include <algorithm>

#include "tasks/generators/logic/graph.h"

namespace assay {
namespace {

std::optional<Draft> GenerateHamilton(Rng& rng, int level) {
  const int n = ByLevel(level, 6, 16);
  const auto path = RandomOrder(rng, n);
  LetterGraph graph{n, {}};
  for (int i = 0; i + 1 < n; ++i)
    graph.edges.push_back({std::min(path[i], path[i + 1]), std::max(path[i], path[i + 1])});
  for (int i = 0; i < n; ++i) {
    const int a = int(rng.Int(0, n - 2));
    const int b = int(rng.Int(a + 1, n - 1));
    if (!Joined(graph, a, b)) graph.edges.push_back({a, b});
  }
  rng.Shuffle(graph.edges);
  Draft draft;
  const Slots slots = {{"edges", EdgesText(graph, "-")},
                       {"n", std::to_string(n)},
                       {"start", std::string(1, char('A' + path[0]))}};
  Ask(rng, draft,
      Say(rng,
          {"Find a path that starts at {start} and visits each of the {n} nodes exactly once, "
           "moving "
           "along edges only. Edges (usable both ways): {edges}.",
           "A courier starts in town {start} and wants to call at each of the {n} towns exactly "
           "once. "
           "Roads: {edges}. Find a route."},
          slots),
      AnswerForm::kLine, "the nodes in the order of the visit, separated by commas");
  draft.reference = NodesText(path);
  Json data = GraphData(graph);
  data["all"] = true;
  data["start"] = std::string(1, char('A' + path[0]));
  draft.verifier = LogicSpec("path", data);
  draft.tags = {"graph", "path"};
  auto shorter = path;
  shorter.pop_back();
  auto twice = path;
  twice.back() = twice.front();
  draft.near_misses = {NodesText(shorter), NodesText(twice)};
  draft.params["path"] = path;
  Describe(draft, graph);
  return draft;
}

std::optional<std::string> ProveHamilton(const Draft& draft) {
  const auto graph = FromParams(draft);
  auto path = draft.params["path"].get<std::vector<int>>();
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (!Joined(graph, path[i], path[i + 1])) return "the path leaves the edges";
  }
  std::sort(path.begin(), path.end());
  for (int i = 0; i < graph.nodes; ++i) {
    if (path[std::size_t(i)] != i) return "the path misses a node";
  }
  return std::nullopt;
}

}  // namespace

Family HamiltonPath() {
  return {"hamilton_path",         "logic",
          "Visit every node once", "Hamilton, the icosian game, 1857",
          GenerateHamilton,        ProveHamilton};
}

}  // namespace assay
