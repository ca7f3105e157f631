// tasks/generators/logic/graph.h -- Graphs of at most 26 nodes, named by letters.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

struct LetterGraph {
  int nodes = 0;
  IntGrid edges;  // pairs, first < second unless directed
};

bool Joined(const LetterGraph& graph, int a, int b);
// Each pair is an edge with this probability.
LetterGraph RandomGraph(Rng& rng, int nodes, double density);
// The neighbours of each node, as bits.
std::vector<unsigned> Neighbours(const LetterGraph& graph);

// "A-B, B-C".
std::string EdgesText(const LetterGraph& graph, const std::string& between);
// "A, C".
std::string NodesText(const std::vector<int>& nodes, const std::string& between = ", ");

// What a verifier on graphs reads: "nodes" and "edges".
Json GraphData(const LetterGraph& graph);
// Notes the graph in fingerprint and params; several answers may be right.
void Describe(Draft& draft, const LetterGraph& graph);
// The graph that Describe noted.
LetterGraph FromParams(const Draft& draft);

}  // namespace assay
