#include "tasks/generators/code/graph_inputs.h"

#include <algorithm>
#include <set>

namespace assay {

Json RandomEdges(Rng& rng, std::int64_t nodes, std::int64_t edges, std::int64_t most_weight) {
  std::set<std::pair<std::int64_t, std::int64_t>> known;
  Json list = Json::array();
  for (std::int64_t i = 0; i < edges && nodes > 1; ++i) {
    const auto a = rng.Int(0, nodes - 1);
    const auto b = rng.Int(0, nodes - 1);
    if (a == b || !known.emplace(std::min(a, b), std::max(a, b)).second) continue;
    list.push_back({a, b, rng.Int(1, most_weight)});
  }
  return list;
}

}  // namespace assay
