// tasks/generators/code/graph_inputs.h -- Graphs as arguments of functions.
#pragma once

#include "base/json.h"
#include "base/rng.h"

namespace assay {

// Edges [a, b, weight] between different ones of `nodes` nodes, no pair twice (in either
// direction), weights 1 to `most_weight`; about `edges` of them.
Json RandomEdges(Rng& rng, std::int64_t nodes, std::int64_t edges, std::int64_t most_weight);

}  // namespace assay
