// tasks/pack.h -- A folder that holds a suite: pack.json beside problems.jsonl, and verify.py where
// the verdict needs a program.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "tasks/suite.h"

namespace assay {

// Reads and checks a pack: schema, unique ids, and the sha256 of each file that pack.json lists.
// kNotFound when there is no pack.json; kInput naming file, line and key otherwise. Verifiers are
// not built here (`assay tasks check` and the runner do that).
Result<Suite> LoadPack(const std::filesystem::path& folder);

}  // namespace assay
