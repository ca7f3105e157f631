// tasks/review/mutate.h -- Wrong programs made of a right one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

// At most `most` programs that differ from `source` (Python) in one place each, spread evenly over
// it. Some may do the same as `source` after all. kInput when it is not Python; kUnavailable
// without a sandbox. Deterministic, thread-safe.
Result<std::vector<std::string>> PythonMutants(const std::string& source, std::size_t most);

}  // namespace assay
