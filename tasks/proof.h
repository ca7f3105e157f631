// tasks/proof.h -- Proves generated problems again, in another way than they were made.
#pragma once

#include <vector>

#include "tasks/benchmark.h"

namespace assay {

// Runs every problem's proof and its verifier on the reference, on `threads` threads (0: all).
Proof ProveProblems(const std::vector<Generated>& made, std::size_t threads);

}  // namespace assay
