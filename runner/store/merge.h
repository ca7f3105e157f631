// runner/store/merge.h -- Several stores of one run (its shards) as one.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace assay {

// Whether all of `runs` are parts of the same run: equal identities.
Result<bool> ArePartsOfOneRun(const std::vector<std::filesystem::path>& runs);

// Puts everything that `runs` hold into the store in `folder`, which is made where it is not there
// and may hold a part already. Samples that several hold are taken once; a failure gives way to a
// sample, an error of judging to a verdict on the same response. kUsage, naming the two that
// differ, when they are not parts of one run; kUnavailable when the folder cannot be written.
Result<void> MergeRuns(const std::vector<std::filesystem::path>& runs,
                       const std::filesystem::path& folder);

}  // namespace assay
