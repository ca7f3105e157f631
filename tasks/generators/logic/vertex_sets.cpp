// Independent sets, cliques, covers: the best size by trying all subsets; the proof by branching.
#include <algorithm>

#include "tasks/generators/logic/graph.h"

namespace assay {
namespace {

bool Fits(const std::string& rule, const std::vector<unsigned>& near, unsigned set) {
  const int n = int(near.size());
  for (int i = 0; i < n; ++i) {
    const bool in = (set >> i & 1U) != 0;
    if (rule == "independent" && in && (near[i] & set) != 0) return false;
    if (rule == "clique" && in && ((near[i] | 1U << i) & set) != set) return false;
    if (rule == "cover" && !in && (near[i] & ~set) != 0) return false;
    if (rule == "dominating" && !in && (near[i] & set) == 0) return false;
  }
  return true;
}

// The best set under `rule`: largest for independent and clique, smallest else.
unsigned BestSet(const std::string& rule, const LetterGraph& graph) {
  const auto near = Neighbours(graph);
  const bool largest = rule == "independent" || rule == "clique";
  unsigned best = 0;
  int best_size = largest ? 0 : graph.nodes + 1;
  for (unsigned set = 1; set < 1U << graph.nodes; ++set) {
    const int size = __builtin_popcount(set);
    if (largest ? size <= best_size : size >= best_size) continue;
    if (!Fits(rule, near, set)) continue;
    best = set;
    best_size = size;
  }
  return best;
}

std::string SetQuestion(Rng& rng, const std::string& rule, const Slots& slots) {
  if (rule == "independent") {
    return Say(rng,
               {"Find a largest set of nodes of which no two are joined by an edge. Nodes: A to "
                "{last}. Edges: {edges}.",
                "Guests A to {last} are to be invited, but these pairs cannot stand each other: "
                "{edges}. Invite as many guests as possible without such a pair."},
               slots);
  }
  if (rule == "clique") {
    return Say(rng,
               {"Find a largest set of nodes in which every two are joined by an edge. Nodes: A to "
                "{last}. Edges: {edges}.",
                "Of the people A to {last}, these pairs know each other: {edges}. Find a largest "
                "group in which all know each other."},
               slots);
  }
  if (rule == "cover") {
    return Say(
        rng,
        {"Find a smallest set of nodes that contains at least one end of every edge. Nodes: A to "
         "{last}. Edges: {edges}.",
         "Junctions A to {last} are joined by the streets {edges}. A camera on a junction sees all "
         "streets that end there. Place as few cameras as possible so that every street is seen."},
        slots);
  }
  return Say(rng,
             {"Find a smallest set of nodes such that every node is in it or has a neighbour in "
              "it. Nodes: A to {last}. Edges: {edges}.",
              "Villages A to {last} are joined by the roads {edges}. Build as few wells as "
              "possible so that each village has a well or a neighbouring village with one."},
             slots);
}

std::optional<Draft> GenerateSet(const char* rule, Rng& rng, int level) {
  const int n = ByLevel(level, 6, 14);
  const LetterGraph graph = RandomGraph(rng, n, std::string(rule) == "clique" ? 0.55 : 0.35);
  if (int(graph.edges.size()) < n) return std::nullopt;
  const unsigned best = BestSet(rule, graph);
  std::vector<int> members;
  std::vector<int> others;
  for (int i = 0; i < n; ++i) ((best >> i & 1U) != 0 ? members : others).push_back(i);
  if (members.size() < 2 || others.empty()) return std::nullopt;
  Draft draft;
  Ask(rng, draft,
      SetQuestion(rng, rule,
                  {{"edges", EdgesText(graph, "-")}, {"last", std::string(1, char('A' + n - 1))}}),
      AnswerForm::kLine, "the chosen letters, separated by commas");
  draft.reference = NodesText(members);
  Json data = GraphData(graph);
  data["rule"] = rule;
  data["size"] = members.size();
  draft.verifier = LogicSpec("vertex_set", data);
  draft.tags = {"graph", "optimisation"};
  auto more = members;
  more.push_back(others[0]);
  auto fewer = members;
  fewer.pop_back();
  draft.near_misses = {NodesText(more), NodesText(fewer), NodesText(RandomOrder(rng, n))};
  draft.params["rule"] = rule;
  draft.params["size"] = members.size();
  Describe(draft, graph);
  return draft;
}

// Size of a largest independent set among `open`, by branching on a node: in or out.
int Independent(const std::vector<unsigned>& near, unsigned open) {
  if (open == 0) return 0;
  const int node = __builtin_ctz(open);
  const unsigned rest = open & ~(1U << node);
  return std::max(1 + Independent(near, rest & ~near[node]), Independent(near, rest));
}

// Size of a smallest dominating set: some node near the first uncovered one must be taken.
int Dominating(const std::vector<unsigned>& near, unsigned covered, int best) {
  const unsigned all = (1U << near.size()) - 1;
  if (covered == all) return 0;
  if (best <= 1) return best;
  const int node = __builtin_ctz(~covered);
  for (unsigned choices = near[node] | 1U << node; choices != 0; choices &= choices - 1) {
    const int taken = __builtin_ctz(choices);
    best = std::min(best, 1 + Dominating(near, covered | near[taken] | 1U << taken, best - 1));
  }
  return best;
}

std::optional<std::string> ProveSet(const Draft& draft) {
  const auto graph = FromParams(draft);
  const auto rule = draft.params["rule"].get<std::string>();
  auto near = Neighbours(graph);
  const unsigned all = (1U << graph.nodes) - 1;
  int size = 0;
  if (rule == "clique") {  // independent in the complement
    for (int i = 0; i < graph.nodes; ++i) near[i] = all & ~near[i] & ~(1U << i);
  }
  if (rule == "dominating") {
    size = Dominating(near, 0, graph.nodes);
  } else {
    size = Independent(near, all);
    if (rule == "cover") size = graph.nodes - size;  // Gallai, 1959
  }
  if (size != draft.params["size"].get<int>()) return "the best size is " + std::to_string(size);
  return std::nullopt;
}

}  // namespace

Family IndependentSet() {
  return {"independent_set",
          "logic",
          "A largest independent set",
          "Karp, Reducibility among combinatorial problems, 1972",
          [](Rng& rng, int level) { return GenerateSet("independent", rng, level); },
          ProveSet};
}

Family Clique() {
  return {"clique",
          "logic",
          "A largest clique",
          "Luce and Perry, A method of matrix analysis of group structure, 1949",
          [](Rng& rng, int level) { return GenerateSet("clique", rng, level); },
          ProveSet};
}

Family VertexCover() {
  return {"vertex_cover",
          "logic",
          "A smallest vertex cover",
          "Gallai, Ueber extreme Punkt- und Kantenmengen, 1959",
          [](Rng& rng, int level) { return GenerateSet("cover", rng, level); },
          ProveSet};
}

Family DominatingSet() {
  return {"dominating_set",
          "logic",
          "A smallest dominating set",
          "de Jaenisch, Traite des applications de l'analyse mathematique, 1862",
          [](Rng& rng, int level) { return GenerateSet("dominating", rng, level); },
          ProveSet};
}

}  // namespace assay
