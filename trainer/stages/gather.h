// trainer/stages/gather.h -- Rejection sampling: answers of a model, of which the right ones are
// kept.
//
// Sampling and judging are a run of the runner (RUN/gathered/run.db), stored sample by sample: a
// stage that was killed goes on where it was. What was kept is written to RUN/gathered.jsonl and
// read from there when the stage is continued later, with other weights.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "trainer/stages/data.h"

namespace assay {

struct Gathered {
  std::vector<Example> examples;
  std::int64_t drawn = 0;
  std::int64_t right = 0;
  std::int64_t problems_solved = 0;
};

// Reads what was gathered before; nothing where gathering did not finish.
Result<std::optional<Gathered>> ReadGathered(const std::filesystem::path& run,
                                             const PromptEncoder& encoder);
// Draws run.samples responses to each question, judges them, and keeps of each problem's right and
// finished ones, each text once, the run.keep best: highest reward of form (format, repetition,
// language, as weighted), then the shortest. kUnavailable where more than reward.max_error_share
// of the responses have no verdict; what has one is kept for the next try.
Result<Gathered> GatherVerified(Model& model, const TrainConfig& config,
                                const QuestionSet& questions, const std::filesystem::path& run,
                                const PromptEncoder& encoder);

}  // namespace assay
