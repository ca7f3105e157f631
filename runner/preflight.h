// runner/preflight.h -- What will be sent, checked before a GPU-hour is spent on it.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "runner/evaluate.h"

namespace assay {

// One suite of a run, by its first problem.
struct SuitePreflight {
  std::string suite;
  std::string problem;  // the first one, "suite/id"
  std::int64_t problems = 0;
  Prompt prompt;
  std::optional<PreparedPrompt> prepared;  // absent where only the server knows
  std::int64_t bos = 0;                    // tokens at the start of the prompt that are BOS
  Sampling sampling;
  std::int64_t longest_prompt = 0;  // tokens, over all problems of the run; 0 where unknown
  std::int64_t cut_short = 0;  // problems whose prompt leaves less than the budget of the context
};

// Prepares every prompt of the plan without drawing. kInput, with what to do about it, when a
// prompt cannot be made (no chat template), starts with two BOS tokens, or fills the context alone.
Result<std::vector<SuitePreflight>> Preflight(const Model& model,
                                              const std::vector<PlannedQuestion>& plan,
                                              std::size_t threads);

// For people, one paragraph a suite.
std::string RenderPreflight(const std::vector<SuitePreflight>& suites);
// [{"suite", "problem", "prompt", "ids", "text", "bos", "template_sha256", "stop", "end_ids",
//   "max_tokens", "longest_prompt", "context"}]: what is stored with the run.
Json ToJson(const std::vector<SuitePreflight>& suites);

}  // namespace assay
