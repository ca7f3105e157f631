// cli/commands/score_setup.h -- From the flags of `assay score` to what the runner takes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "runner/evaluate.h"
#include "runner/open_model.h"
#include "tasks/library.h"

namespace assay::cli {

struct ScoreFlags {
  std::string model;
  std::vector<std::string> suites;
  int n = 1;
  std::vector<std::int64_t> ks;
  std::optional<std::size_t> limit;
  std::uint64_t seed = 0;
  std::string out;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<int> top_k;
  std::optional<double> min_p;
  std::optional<int> max_tokens;
  bool logprobs = false;
  bool majority = false;
  std::size_t threads = 0;
  double verdict_seconds = 30;
  std::string shard;
  std::optional<double> until_width;
  std::vector<double> price;  // of a million tokens: prompt, response
  std::string profile;        // asks as this one does, and judges by it too
  std::string few_shot;       // file with solved examples
  std::size_t shots = 0;
  bool zero_shot = false;
  std::string style;
  std::optional<std::string> system;
  std::optional<std::string> prompt_template;
  double truncated_percent = 5;
  bool plan = false;
  bool preflight = false;
  bool json = false;
  ModelOptions model_options;
  std::shared_ptr<LibraryOptions> library;
};

void DeclareScoreFlags(CLI::App& command, ScoreFlags& flags);

// The suites that were named, with the prompts and the sampling that were asked for. A note for
// people goes to `note` where something was chosen for them.
Result<std::vector<QuestionSet>> LoadSuites(const ScoreFlags& flags, std::string& note);

// Checks the numbers that CLI11 cannot check alone, and reads --shard.
Result<EvaluateOptions> EvaluateOptionsOf(const ScoreFlags& flags);

}  // namespace assay::cli
