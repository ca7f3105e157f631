// trainer/stages/checkpoint.h -- What a run leaves on disk: Hugging Face folders that any engine
// loads, with the trainer's own state beside the weights.
//
//   RUN/step-000120/{model.safetensors, config.json, tokenizer.json, …,
//                    trainer.json, trainer.bin (parameters), moments.bin}
//
// A checkpoint is written under another name and renamed when every byte is on disk: a crash in the
// middle of saving leaves the one before it as the last.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "trainer/model/adamw.h"
#include "trainer/model/learner.h"
#include "trainer/stages/streams.h"

namespace assay {

struct CheckpointFiles {
  OrderedJson config;               // config.json
  std::filesystem::path tokenizer;  // folder whose tokenizer files are copied
};

struct TrainerState {
  std::int64_t step = 0;               // optimizer rollout steps done
  std::int64_t cursor = 0;             // problems drawn so far
  std::int64_t skipped = 0;            // optimizer steps skipped for gradients that were not finite
  std::int64_t tokens = 0;             // sampled or learnt so far
  std::int64_t best_step = -1;         // of the best held-out score so far; -1: none
  double best_correct = 0;             // that score
  std::vector<StreamState> streams{};  // where each problem stream is
};

// Where a step's checkpoint lies in its run.
std::filesystem::path CheckpointFolder(const std::filesystem::path& run, std::int64_t step);

// Weights in the safetensors format, fp32, in the learner's order.
std::string Safetensors32(Learner& learner);

// What is saved beside the files. Moments are those of an optimizer without shards (GatherMoments).
struct Snapshot {
  const TrainerState& state;
  Learner& learner;
  std::int64_t updates = 0;
  std::string& moments;                // is used up
  const Learner* reference = nullptr;  // where it is no longer the run's first weights
};
// kUnavailable naming the file (disk full …): the run's earlier checkpoints are untouched.
Result<std::filesystem::path> SaveCheckpoint(const std::filesystem::path& run,
                                             const CheckpointFiles& files,
                                             const Snapshot& snapshot);
// The newest complete checkpoint of a run; nothing when there is none.
std::optional<std::filesystem::path> LastCheckpoint(const std::filesystem::path& run);
// Puts parameters, the optimizer's part of the moments and, where one was saved, the reference
// back, bit by bit. `reference` may be null. kInput when the checkpoint is of another model.
Result<TrainerState> LoadCheckpoint(const std::filesystem::path& checkpoint, Learner& learner,
                                    AdamW& optimizer, Learner* reference);
// Removes what a save that was cut off left behind.
void RemoveUnfinished(const std::filesystem::path& run);
// Removes all but the newest `keep` and that of step `best`.
void PruneCheckpoints(const std::filesystem::path& run, int keep, std::int64_t best);

}  // namespace assay
