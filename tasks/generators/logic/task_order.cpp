// A hidden order and some of its "before" facts.
#include <algorithm>

#include "tasks/generators/logic/graph.h"

namespace assay {
namespace {

std::optional<Draft> GenerateOrder(Rng& rng, int level) {
  const int n = ByLevel(level, 6, 15);
  const auto order = RandomOrder(rng, n);
  LetterGraph graph{n, {}};
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j) {
      if (rng.Chance(2.5 / n)) graph.edges.push_back({order[i], order[j]});
    }
  }
  if (int(graph.edges.size()) < n - 1) return std::nullopt;
  const bool alphabetical = std::all_of(graph.edges.begin(), graph.edges.end(),
                                        [](const auto& edge) { return edge[0] < edge[1]; });
  if (alphabetical) return std::nullopt;  // a blind answer would do
  rng.Shuffle(graph.edges);
  Draft draft;
  const Slots slots = {{"edges", EdgesText(graph, " before ")},
                       {"last", std::string(1, char('A' + n - 1))}};
  Ask(rng, draft,
      Say(rng,
          {"Put the tasks A to {last} into an order that respects all of these: {edges}.",
           "The building steps A to {last} must be carried out one after the other with {edges}. "
           "Find a "
           "possible order."},
          slots),
      AnswerForm::kLine, "all letters in order, separated by commas");
  draft.reference = NodesText(order);
  draft.verifier = LogicSpec("order", GraphData(graph));
  draft.tags = {"ordering", "scheduling"};
  const auto reversed = std::vector<int>(order.rbegin(), order.rend());
  draft.near_misses = {NodesText(reversed),
                       NodesText(std::vector<int>(order.begin() + 1, order.end()))};
  draft.params["order"] = order;
  Describe(draft, graph);
  return draft;
}

std::optional<std::string> ProveOrder(const Draft& draft) {
  const auto order = draft.params["order"].get<std::vector<int>>();
  for (const auto& e : FromParams(draft).edges) {
    const auto first = std::find(order.begin(), order.end(), e[0]);
    if (std::find(order.begin(), first, e[1]) != first) return "a fact is broken";
  }
  return std::nullopt;
}

}  // namespace

Family TaskOrder() {
  return {"task_order",
          "logic",
          "An order that respects all facts",
          "Kahn, Topological sorting of large networks, 1962",
          GenerateOrder,
          ProveOrder};
}

}  // namespace assay
