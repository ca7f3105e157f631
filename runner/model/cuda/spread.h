// runner/model/cuda/spread.h -- A back end made of several that work on the same passes together,
// each driven by a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "runner/model/decode/backend.h"

namespace assay::cuda {

// Calls make(i) on the thread of part i, all at once; the first failure in order. What the
// scheduler asks of the result goes to every part, whose order of calls is the same; the cache's
// pages, what is drawn and the words are the first one's. A call returns when every part has
// returned.
Result<std::unique_ptr<Backend>> Spread(
    std::int64_t parts,
    const std::function<Result<std::unique_ptr<Backend>>(std::int64_t part)>& make);

}  // namespace assay::cuda
