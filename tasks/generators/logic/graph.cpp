#include "tasks/generators/logic/graph.h"

#include <algorithm>

namespace assay {

bool Joined(const LetterGraph& graph, int a, int b) {
  return std::any_of(graph.edges.begin(), graph.edges.end(), [&](const auto& e) {
    return (e[0] == a && e[1] == b) || (e[0] == b && e[1] == a);
  });
}

LetterGraph RandomGraph(Rng& rng, int nodes, double density) {
  LetterGraph graph{nodes, {}};
  for (int a = 0; a < nodes; ++a) {
    for (int b = a + 1; b < nodes; ++b) {
      if (rng.Chance(density)) graph.edges.push_back({a, b});
    }
  }
  return graph;
}

std::vector<unsigned> Neighbours(const LetterGraph& graph) {
  std::vector<unsigned> near(std::size_t(graph.nodes), 0);
  for (const auto& e : graph.edges) {
    near[e[0]] |= 1U << e[1];
    near[e[1]] |= 1U << e[0];
  }
  return near;
}

std::string EdgesText(const LetterGraph& graph, const std::string& between) {
  std::string text;
  for (const auto& e : graph.edges) {
    text += std::string(text.empty() ? "" : ", ") + char('A' + e[0]) + between + char('A' + e[1]);
  }
  return text;
}

std::string NodesText(const std::vector<int>& nodes, const std::string& between) {
  std::string text;
  for (const int node : nodes)
    text += (text.empty() ? "" : between) + std::string(1, char('A' + node));
  return text;
}

Json GraphData(const LetterGraph& graph) {
  return {{"nodes", LetterNames(graph.nodes)}, {"edges", graph.edges}};
}

void Describe(Draft& draft, const LetterGraph& graph) {
  draft.fingerprint = EdgesText(graph, "-") + draft.fingerprint;
  draft.params["nodes"] = graph.nodes;
  draft.params["edges"] = graph.edges;
  draft.unique = false;
}

LetterGraph FromParams(const Draft& draft) {
  return {draft.params["nodes"].get<int>(), draft.params["edges"].get<IntGrid>()};
}

}  // namespace assay
