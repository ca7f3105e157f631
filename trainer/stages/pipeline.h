// trainer/stages/pipeline.h -- Several stages as one run: cold start, reinforcement learning,
// rejection sampling, and again.
//
//   {"name": …, "seed": 1,
//    "common": {"model": {…}, "data": {…}, …},       under every stage
//    "stages": [{"stage": "sft", "name": "cold-start", "run": {"steps": 60}}, …]}
//
// A stage's keys win over the common ones; null takes a key away. Each stage starts from the
// checkpoint before it, in a folder of its own (RUN/01-cold-start), under a seed of its own;
// held-out problems are the same for all. A stage that is done is not run again; one that was
// interrupted goes on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "trainer/stages/trainer.h"

namespace assay {

struct PipelineStage {
  std::string name;
  StageKind kind = StageKind::kSft;
  Json config;  // complete; of the second and later ones without the model's place
};

struct Pipeline {
  std::string name;
  std::vector<PipelineStage> stages;
};

// Checks every stage before the first one runs. kInput naming file, stage and key.
Result<Pipeline> ParsePipeline(const Json& json, const std::filesystem::path& base,
                               const std::string& place);

struct PipelineEvents {
  // A stage begins (or is passed over, as it is done); gives the events for it.
  std::function<TrainEvents(std::size_t index, const PipelineStage& stage, bool done)> on_stage;
};

// Runs what is left; the last checkpoint. Writes RUN/pipeline.json. `group` as in Trainer::Open.
Result<std::filesystem::path> RunPipeline(const Pipeline& pipeline, const Json& source,
                                          const std::filesystem::path& base,
                                          const std::filesystem::path& run,
                                          const PipelineEvents& events,
                                          ProcessGroup* group = nullptr);

}  // namespace assay
