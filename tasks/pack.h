// tasks/pack.h -- A folder that holds a suite: pack.json beside problems.jsonl, and verify.py where
// the verdict needs a program.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "tasks/suite.h"

namespace assay {

// Reads and checks a pack: schema, unique ids, and the sha256 of each file that pack.json lists.
// kNotFound when there is no pack.json; kInput naming file, line and key otherwise. Verifiers are
// not built here (`assay tasks check` and the runner do that).
Result<Suite> LoadPack(const std::filesystem::path& folder);

// A pack as far as it can be read, with everything that is wrong in it.
struct PackReading {
  Suite suite;                     // holds the problems that are well formed
  std::vector<Error> head_faults;  // of pack.json; the problems are not read after one
  std::vector<Error> seal_faults;  // files that are not the ones pack.json lists
  std::vector<Error> line_faults;  // of problems.jsonl, one a line at most
};
// For reviewers: goes on after a fault. kNotFound or kUnavailable when a file cannot be read at
// all.
Result<PackReading> ReadPack(const std::filesystem::path& folder);

// Writes the sha256 of the pack's problems.jsonl and verify.py into pack.json ("files"), other keys
// kept.
Result<void> SealPack(const std::filesystem::path& folder);

}  // namespace assay
