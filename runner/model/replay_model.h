// runner/model/replay_model.h -- Recorded responses as a model: `replay:FILE.jsonl`.
#pragma once

#include <filesystem>
#include <memory>

#include "runner/model/model.h"

namespace assay {

// Each line names a problem ("problem" or "id": "suite/id" or the bare id) and holds its text
// ("response" or "text"); optional are "sample" (from 0; absent: the place among the problem's
// lines), "finish" ("stop", "length"), "ids", "logprobs", "prompt_tokens", "response_tokens".
// Further keys are ignored. kInput names the first malformed line, or two lines for one sample. The
// file is mapped, not loaded: only an index is held.
//
// A request whose problem or sample is not in the file gives kNotFound.
Result<std::unique_ptr<Model>> OpenReplayModel(const std::filesystem::path& path);

}  // namespace assay
