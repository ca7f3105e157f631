// Shortest ways: breadth-first search; the proof is by powers of the adjacency relation.
#include <algorithm>

#include "tasks/generators/logic/graph.h"

namespace assay {
namespace {

std::optional<std::vector<int>> ShortestWay(const LetterGraph& graph, int from, int to) {
  std::vector<int> before(std::size_t(graph.nodes), -1);
  std::vector<int> queue = {from};
  before[from] = from;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (int next = 0; next < graph.nodes; ++next) {
      if (before[next] != -1 || !Joined(graph, queue[i], next)) continue;
      before[next] = queue[i];
      queue.push_back(next);
    }
  }
  if (before[to] == -1) return std::nullopt;
  std::vector<int> way = {to};
  while (way.back() != from) way.push_back(before[way.back()]);
  std::reverse(way.begin(), way.end());
  return way;
}

std::optional<Draft> GenerateShortest(Rng& rng, int level) {
  const int n = ByLevel(level, 8, 24);
  const LetterGraph graph = RandomGraph(rng, n, 2.6 / n);
  const auto way = ShortestWay(graph, 0, n - 1);
  if (!way || int(way->size()) < ByLevel(level, 4, 7)) return std::nullopt;
  Draft draft;
  const Slots slots = {{"edges", EdgesText(graph, "-")},
                       {"goal", std::string(1, char('A' + n - 1))}};
  Ask(rng, draft,
      Say(rng,
          {"Find a shortest path (fewest edges) from A to {goal} in the graph with these "
           "undirected "
           "edges: {edges}.",
           "Stations are joined by direct trains: {edges} (both directions). Travel from A to "
           "{goal} "
           "with as few trains as possible."},
          slots),
      AnswerForm::kLine, "the nodes on the way from A to the end, separated by commas");
  draft.reference = NodesText(*way);
  Json data = GraphData(graph);
  data["start"] = "A";
  data["end"] = std::string(1, char('A' + n - 1));
  data["most_nodes"] = way->size();
  draft.verifier = LogicSpec("path", data);
  draft.tags = {"graph", "path"};
  draft.near_misses = {"A, " + std::string(1, char('A' + n - 1)),
                       NodesText(std::vector<int>(way->begin(), way->end() - 1))};
  draft.params["length"] = way->size();
  Describe(draft, graph);
  return draft;
}

std::optional<std::string> ProveShortest(const Draft& draft) {
  const auto graph = FromParams(draft);
  const auto near = Neighbours(graph);
  unsigned reached = 1;
  for (std::size_t length = 1;; ++length) {
    if ((reached >> (graph.nodes - 1) & 1U) != 0) {
      if (length == draft.params["length"].get<std::size_t>()) return std::nullopt;
      return "a way of " + std::to_string(length) + " nodes exists";
    }
    unsigned next = reached;
    for (int i = 0; i < graph.nodes; ++i) {
      if ((reached >> i & 1U) != 0) next |= near[i];
    }
    if (next == reached) return "the end cannot be reached";
    reached = next;
  }
}

}  // namespace

Family ShortestPath() {
  return {"shortest_path",
          "logic",
          "A way with the fewest edges",
          "Moore, The shortest path through a maze, 1959",
          GenerateShortest,
          ProveShortest};
}

}  // namespace assay
