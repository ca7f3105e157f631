// A hidden colouring; edges only between its colours.
#include <algorithm>

#include "tasks/generators/logic/graph.h"

namespace assay {
namespace {

std::optional<Draft> GenerateColouring(Rng& rng, int level) {
  const int n = ByLevel(level, 6, 16);
  const int colours = level <= 5 ? 3 : 4;
  std::vector<int> colour;
  for (int i = 0; i < n; ++i) colour.push_back(int(rng.Int(1, colours)));
  LetterGraph graph{n, {}};
  for (int a = 0; a < n; ++a) {
    for (int b = a + 1; b < n; ++b) {
      if (colour[a] != colour[b] && rng.Chance(level <= 5 ? 0.6 : 0.55))
        graph.edges.push_back({a, b});
    }
  }
  if (int(graph.edges.size()) < n) return std::nullopt;
  Draft draft;
  const Slots slots = {{"edges", EdgesText(graph, "-")},
                       {"k", std::to_string(colours)},
                       {"last", std::string(1, char('A' + n - 1))}};
  Ask(rng, draft,
      Say(rng,
          {"Give each of the nodes A to {last} one of the colours 1 to {k} so that no edge joins "
           "two "
           "nodes of one colour. Edges: {edges}.",
           "The countries A to {last} are to be painted with {k} colours, numbered from 1. "
           "Countries "
           "that share a border must differ. Borders: {edges}.",
           "Radio stations A to {last} get channels 1 to {k}; stations that disturb each other "
           "need "
           "different channels. These pairs disturb each other: {edges}."},
          slots),
      AnswerForm::kLine, "all assignments in the form A=1, B=2, …");
  std::string all_one;
  for (int i = 0; i < n; ++i) {
    draft.reference +=
        (i == 0 ? "" : ", ") + std::string(1, char('A' + i)) + "=" + std::to_string(colour[i]);
    all_one += (i == 0 ? "" : ", ") + std::string(1, char('A' + i)) + "=1";
  }
  Json data = GraphData(graph);
  data["colours"] = colours;
  draft.verifier = LogicSpec("colouring", data);
  draft.tags = {"graph", "constraints"};
  draft.near_misses = {all_one, draft.reference.substr(0, draft.reference.size() - 5)};
  draft.params["colour"] = colour;
  Describe(draft, graph);
  return draft;
}

std::optional<std::string> ProveColouring(const Draft& draft) {
  const auto colour = draft.params["colour"].get<std::vector<int>>();
  for (const auto& e : FromParams(draft).edges) {
    if (colour[e[0]] == colour[e[1]]) return "an edge joins equal colours";
  }
  return std::nullopt;
}

}  // namespace

Family GraphColouring() {
  return {"graph_colouring", "logic",       "Colour a graph", "Guthrie's map problem, 1852",
          GenerateColouring, ProveColouring};
}

}  // namespace assay
