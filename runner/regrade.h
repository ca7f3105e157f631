// runner/regrade.h -- Judges a run's stored responses again, under other profiles.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "verifiers/verdict.h"

namespace assay {

// One response on which profiles part.
struct Disagreement {
  std::string problem;
  std::int64_t sample = 0;
  std::vector<Verdict> verdicts;  // one per profile
  std::string tail;               // the last bytes of the response
};

struct Regraded {
  std::vector<std::string> profiles;
  std::int64_t samples = 0;
  std::vector<std::int64_t> correct;  // per profile
  // matrix[i][j]: samples that profile i calls correct and profile j does not.
  std::vector<std::vector<std::int64_t>> matrix;
  // Two of each way in which the profiles part, in the order of the run, up to the number asked
  // for.
  std::vector<Disagreement> examples;
};

// Stores a verdict for every response and profile (replacing earlier ones), and counts. The order
// of profiles is kept. kUsage for an unknown profile, before anything is stored.
Result<Regraded> Regrade(const std::filesystem::path& run, const std::vector<std::string>& profiles,
                         std::size_t threads, std::chrono::milliseconds budget,
                         std::size_t most_examples);

}  // namespace assay
