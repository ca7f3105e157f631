// tasks/scaffold.h -- A new pack to start from: `assay tasks new`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct ScaffoldOptions {
  std::string verifier = "exact";  // one of ScaffoldVerifiers()
  std::string name;                // of the suite; empty: the folder's
  std::string licence = "CC-BY-4.0";
};

// The verifiers that a pack can be started with.
std::vector<std::string> ScaffoldVerifiers();

// Makes `folder` with pack.json, problems.jsonl (two problems that work), README.md and, for
// "program", verify.py. What it writes passes `assay tasks check`. kUsage when the verifier or the
// name is not possible or the folder holds something already.
Result<void> WriteScaffold(const std::filesystem::path& folder, const ScaffoldOptions& options);

}  // namespace assay
