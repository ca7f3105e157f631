// reports/training.h -- A training run, or a pipeline of several, as one page: curves and sampled
// responses through time. Reads the files that a run leaves (metrics.db, config.json,
// pipeline.json) and nothing else of the trainer.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// Whether `folder` holds the metrics of a training run, or stages of a pipeline that do.
bool IsTrainingRun(const std::filesystem::path& folder);

// {"name", "stages": [{"name", "config", "curves": {NAME: [[step, value], …]},
//   "samples": [{"step", "problem", "prompt", "reference", "response", "outcome", "reason",
//                "components": {…}, "reward"|null, "advantage", "tokens", "truncated"}],
//   "notes": [{"step", "text"}]}]}. kNotFound when there is none, kInput for files of another kind.
Result<Json> ReadTraining(const std::filesystem::path& folder);

// The page of that document. Text of models and problems reaches it as data only.
std::string RenderTrainingPage(std::string_view title, const Json& training);

}  // namespace assay
