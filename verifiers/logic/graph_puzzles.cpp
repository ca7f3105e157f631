// Puzzles on graphs and orders. Nodes are names.
#include <algorithm>
#include <map>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr std::size_t kMaxNodes = 64;

struct Graph {
  std::map<std::string, std::size_t> index;  // by lower-case name
  std::vector<std::string> names;
  std::set<std::pair<std::size_t, std::size_t>> edges;

  bool Has(std::size_t a, std::size_t b) const { return edges.count({a, b}) > 0; }
  std::optional<std::size_t> Find(const std::string& name) const {
    const auto found = index.find(name);
    return found == index.end() ? std::nullopt : std::optional(found->second);
  }
};

// {"nodes": ["A", …], "edges": [[0, 1], …]} by index. Undirected edges are kept both ways.
Graph ReadGraph(Fields& fields, bool directed) {
  Graph graph;
  graph.names = fields.Strings("nodes");
  if (graph.names.empty() || graph.names.size() > kMaxNodes) {
    fields.Refuse("nodes", "expected 1 to 64 names");
  }
  for (std::size_t i = 0; i < graph.names.size(); ++i) {
    if (!graph.index.emplace(Lower(graph.names[i]), i).second) {
      fields.Refuse("nodes", "names must differ");
    }
  }
  for (const auto& edge : ReadIntLists(fields, "edges", 0, int(kMaxNodes))) {
    if (edge.size() != 2 || std::size_t(edge[0]) >= graph.names.size() ||
        std::size_t(edge[1]) >= graph.names.size()) {
      fields.Refuse("edges", "expected pairs of node numbers");
      return graph;
    }
    graph.edges.emplace(edge[0], edge[1]);
    if (!directed) graph.edges.emplace(edge[1], edge[0]);
  }
  return graph;
}

// The named nodes, all known and different.
std::optional<std::vector<std::size_t>> Nodes(const Graph& graph, std::string_view answer,
                                              std::string& fault) {
  std::vector<std::size_t> nodes;
  std::set<std::size_t> seen;
  for (const std::string& word : Words(answer)) {
    const auto node = graph.Find(word);
    if (!node) {
      fault = "\"" + word.substr(0, 40) + "\" is not a node";
      return std::nullopt;
    }
    if (!seen.insert(*node).second) {
      fault = graph.names[*node] + " stands twice";
      return std::nullopt;
    }
    nodes.push_back(*node);
  }
  return nodes;
}

// Every pair of members satisfies `fits`.
template <class Fits>
bool AllPairs(const std::vector<std::size_t>& members, const Fits& fits) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!fits(members[i], members[j])) return false;
    }
  }
  return true;
}

bool Covers(const Graph& graph, const std::set<std::size_t>& members) {
  return std::all_of(graph.edges.begin(), graph.edges.end(), [&](const auto& edge) {
    return members.count(edge.first) + members.count(edge.second) > 0;
  });
}

bool Dominates(const Graph& graph, const std::set<std::size_t>& members) {
  for (std::size_t node = 0; node < graph.names.size(); ++node) {
    bool near = members.count(node) > 0;
    for (const auto member : members) near = near || graph.Has(node, member);
    if (!near) return false;
  }
  return true;
}

}  // namespace

// {"nodes", "edges", "colours": k}: "A=1, B=2, …" with numbers from 1 to k.
PuzzleCheck MakeColouring(Fields& fields, const std::string&) {
  const auto graph = ReadGraph(fields, false);
  const auto colours = fields.Int("colours", 1, 64);
  return [graph, colours](std::string_view answer) -> std::optional<std::string> {
    const auto values = NamedValues(answer);
    if (!values || values->size() != graph.names.size()) return "not one colour for each node";
    std::vector<std::int64_t> colour(graph.names.size(), 0);
    for (const auto& [name, value] : *values) {
      const auto node = graph.Find(name);
      const auto number = WholeNumbers(value);
      if (!node) return "\"" + name.substr(0, 40) + "\" is not a node";
      if (!number || number->size() != 1 || (*number)[0] < 1 || (*number)[0] > colours) {
        return "colours are the numbers 1 to " + std::to_string(colours);
      }
      colour[*node] = (*number)[0];
    }
    for (const auto& [a, b] : graph.edges) {
      if (colour[a] == colour[b])
        return graph.names[a] + " and " + graph.names[b] + " share a colour";
    }
    return std::nullopt;
  };
}

// {"nodes", "edges", "directed": bool, "start", "end", "all": bool, "most_nodes": n}: a way along
// edges; "all": through every node once (Hamiltonian path).
PuzzleCheck MakePath(Fields& fields, const std::string&) {
  const bool directed = fields.OptionalBool("directed").value_or(false);
  const auto graph = ReadGraph(fields, directed);
  const auto start = Lower(fields.OptionalString("start").value_or(""));
  const auto end = Lower(fields.OptionalString("end").value_or(""));
  const bool all = fields.OptionalBool("all").value_or(false);
  const auto most = fields.OptionalInt("most_nodes", 1, int(kMaxNodes));
  return [=](std::string_view answer) -> std::optional<std::string> {
    std::string fault;
    const auto nodes = Nodes(graph, answer, fault);
    if (!nodes) return fault;
    if (nodes->empty()) return "no node is named";
    if (all && nodes->size() != graph.names.size()) return "not every node is visited";
    if (most && std::int64_t(nodes->size()) > *most) return "a shorter way exists";
    if (!start.empty() && graph.Find(start) != nodes->front())
      return "it does not begin at " + start;
    if (!end.empty() && graph.Find(end) != nodes->back()) return "it does not end at " + end;
    for (std::size_t i = 1; i < nodes->size(); ++i) {
      if (!graph.Has((*nodes)[i - 1], (*nodes)[i])) {
        return "there is no edge from " + graph.names[(*nodes)[i - 1]] + " to " +
               graph.names[(*nodes)[i]];
      }
    }
    return std::nullopt;
  };
}

// {"nodes", "edges", "rule": "independent" | "clique" | "cover" | "dominating", "size": n}: a set
// with exactly n nodes.
PuzzleCheck MakeVertexSet(Fields& fields, const std::string&) {
  const auto graph = ReadGraph(fields, false);
  const auto rule = fields.String("rule");
  const auto size = fields.Int("size", 1, int(kMaxNodes));
  if (rule != "independent" && rule != "clique" && rule != "cover" && rule != "dominating") {
    fields.Refuse("rule", "must be independent, clique, cover or dominating");
  }
  return [=](std::string_view answer) -> std::optional<std::string> {
    std::string fault;
    const auto nodes = Nodes(graph, answer, fault);
    if (!nodes) return fault;
    if (std::int64_t(nodes->size()) != size) return "not " + std::to_string(size) + " nodes";
    const std::set<std::size_t> members(nodes->begin(), nodes->end());
    bool fits = true;
    if (rule == "independent")
      fits = AllPairs(*nodes, [&](auto a, auto b) { return !graph.Has(a, b); });
    if (rule == "clique") fits = AllPairs(*nodes, [&](auto a, auto b) { return graph.Has(a, b); });
    if (rule == "cover") fits = Covers(graph, members);
    if (rule == "dominating") fits = Dominates(graph, members);
    if (fits) return std::nullopt;
    return "the set is not " + rule;
  };
}

// {"nodes", "edges"}: all nodes in an order in which each edge's first node stands before its
// second.
PuzzleCheck MakeOrder(Fields& fields, const std::string&) {
  const auto graph = ReadGraph(fields, true);
  return [graph](std::string_view answer) -> std::optional<std::string> {
    std::string fault;
    const auto nodes = Nodes(graph, answer, fault);
    if (!nodes) return fault;
    if (nodes->size() != graph.names.size()) return "not every item is listed";
    std::vector<std::size_t> place(nodes->size());
    for (std::size_t i = 0; i < nodes->size(); ++i) place[(*nodes)[i]] = i;
    for (const auto& [before, after] : graph.edges) {
      if (place[before] > place[after]) {
        return graph.names[before] + " must come before " + graph.names[after];
      }
    }
    return std::nullopt;
  };
}

}  // namespace assay
