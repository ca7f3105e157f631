// Colouring, Hamiltonian paths, shortest ways, independent sets, cliques, covers, orders.
#include <algorithm>
#include <numeric>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct Graph {
  int nodes = 0;
  IntGrid edges;  // pairs, first < second unless directed
};

bool Joined(const Graph& graph, int a, int b) {
  return std::any_of(graph.edges.begin(), graph.edges.end(), [&](const auto& e) {
    return (e[0] == a && e[1] == b) || (e[0] == b && e[1] == a);
  });
}

Graph RandomGraph(Rng& rng, int nodes, double density) {
  Graph graph{nodes, {}};
  for (int a = 0; a < nodes; ++a) {
    for (int b = a + 1; b < nodes; ++b) {
      if (rng.Chance(density)) graph.edges.push_back({a, b});
    }
  }
  return graph;
}

// Edges as bit sets.
std::vector<unsigned> Neighbours(const Graph& graph) {
  std::vector<unsigned> near(std::size_t(graph.nodes), 0);
  for (const auto& e : graph.edges) {
    near[e[0]] |= 1U << e[1];
    near[e[1]] |= 1U << e[0];
  }
  return near;
}

std::string EdgesText(const Graph& graph, const std::string& between) {
  std::string text;
  for (const auto& e : graph.edges) {
    text += std::string(text.empty() ? "" : ", ") + char('A' + e[0]) + between + char('A' + e[1]);
  }
  return text;
}

std::string NodesText(const std::vector<int>& nodes, const std::string& between = ", ") {
  std::string text;
  for (const int node : nodes)
    text += (text.empty() ? "" : between) + std::string(1, char('A' + node));
  return text;
}

Json GraphData(const Graph& graph) {
  return {{"nodes", LetterNames(graph.nodes)}, {"edges", graph.edges}};
}

void Describe(Draft& draft, const Graph& graph) {
  draft.fingerprint = EdgesText(graph, "-") + draft.fingerprint;
  draft.params["nodes"] = graph.nodes;
  draft.params["edges"] = graph.edges;
  draft.unique = false;
}

Graph FromParams(const Draft& draft) {
  return {draft.params["nodes"].get<int>(), draft.params["edges"].get<IntGrid>()};
}

// --- colouring: a hidden colouring; edges only between its colours.

std::optional<Draft> GenerateColouring(Rng& rng, int level) {
  const int n = ByLevel(level, 5, 16);
  const int colours = level <= 5 ? 3 : 4;
  std::vector<int> colour;
  for (int i = 0; i < n; ++i) colour.push_back(int(rng.Int(1, colours)));
  Graph graph{n, {}};
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

// --- Hamiltonian path: a hidden path and a few further edges.

std::optional<Draft> GenerateHamilton(Rng& rng, int level) {
  const int n = ByLevel(level, 5, 15);
  const auto path = RandomOrder(rng, n);
  Graph graph{n, {}};
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

// --- shortest way: breadth-first search; the proof is by powers of the adjacency relation.

std::optional<std::vector<int>> ShortestWay(const Graph& graph, int from, int to) {
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
  const int n = ByLevel(level, 6, 22);
  const Graph graph = RandomGraph(rng, n, 2.6 / n);
  const auto way = ShortestWay(graph, 0, n - 1);
  if (!way || int(way->size()) < ByLevel(level, 3, 6)) return std::nullopt;
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

// --- sets of nodes: the best size by trying all subsets; the proof by branching.

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
unsigned BestSet(const std::string& rule, const Graph& graph) {
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
  const int n = ByLevel(level, 5, 14);
  const Graph graph = RandomGraph(rng, n, std::string(rule) == "clique" ? 0.55 : 0.35);
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

// --- orders: a hidden order and some of its "before" facts.

std::optional<Draft> GenerateOrder(Rng& rng, int level) {
  const int n = ByLevel(level, 4, 14);
  const auto order = RandomOrder(rng, n);
  Graph graph{n, {}};
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j) {
      if (rng.Chance(2.5 / n)) graph.edges.push_back({order[i], order[j]});
    }
  }
  if (int(graph.edges.size()) < n - 1) return std::nullopt;
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

Family GraphColouring() {
  return {"graph_colouring", "logic",       "Colour a graph", "Guthrie's map problem, 1852",
          GenerateColouring, ProveColouring};
}
Family HamiltonPath() {
  return {"hamilton_path",         "logic",
          "Visit every node once", "Hamilton, the icosian game, 1857",
          GenerateHamilton,        ProveHamilton};
}
Family ShortestPath() {
  return {"shortest_path",
          "logic",
          "A way with the fewest edges",
          "Moore, The shortest path through a maze, 1959",
          GenerateShortest,
          ProveShortest};
}
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
Family TaskOrder() {
  return {"task_order",
          "logic",
          "An order that respects all facts",
          "Kahn, Topological sorting of large networks, 1962",
          GenerateOrder,
          ProveOrder};
}

}  // namespace assay
