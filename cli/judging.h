// cli/judging.h -- The flags by which `assay verify` and `assay serve` judge items.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"
#include "verifiers/stream.h"

namespace assay::cli {

struct JudgingFlags {
  std::string verifier = "math";
  std::string profile;
  std::vector<std::string> data_dirs;
  std::size_t threads = 0;
};

// --verifier, --profile, --threads and --data; `flags` must outlive `command`.
void AddJudgingFlags(CLI::App* command, JudgingFlags& flags);

// The spec of items that name none: from "math" or {"kind": "math", …}. kInput naming the flag, or
// the nearest known kind.
Result<Json> DefaultSpec(const JudgingFlags& flags);

// The packs that items may name by their path.
struct NamedPacks {
  bool any = true;
  std::vector<std::string> paths = {};  // where not any
};

// Suites are loaded once, when first named.
StreamOptions MakeStreamOptions(const JudgingFlags& flags, const Json& spec,
                                const NamedPacks& packs = {});

}  // namespace assay::cli
