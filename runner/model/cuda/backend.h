// runner/model/cuda/backend.h -- The scheduler's back end on one GPU, and on several together.
//
// Passes over drawn tokens alone are captured once for each number of rows (a power of two) and
// reach of attention, and replayed; passes with prompt rows are launched kernel by kernel. The
// uniform numbers of draws come from the host, where the CPU's come from too. Of a model on several
// GPUs each has such a back end for its share, driven by a thread of its own (spread.h); the first
// alone keeps and draws.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runner/model/cuda/open.h"

namespace assay::cuda {

// Rows of one pass at most.
inline constexpr std::int64_t kMostRows = 2048;

// Open, on the GPUs that there are. Tests call it with emulated ones.
Result<Opened> OpenOnDevice(const std::string& name, const ModelConfig& config,
                            const std::shared_ptr<const TensorSource>& weights,
                            const Options& options);

}  // namespace assay::cuda
