// runner/model/cuda/open.h -- The GPU back end, where this build has one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/decode/backend.h"
#include "runner/model/memory_plan.h"
#include "runner/model/weight_type.h"

namespace assay::cuda {

inline constexpr std::int64_t kMostSamples = 512;  // in work at once

struct Options {
  // GPUs that the model is spread over, by index, all different: one takes all of it.
  std::vector<int> devices = {0};
  WeightType weights = WeightType::kBf16;  // kF32, kBf16 or kF16
  std::int64_t samples = 64;               // in work at once, 1 to kMostSamples
  std::int64_t cache_bytes = 0;            // of a GPU, for keys and values; 0: most of what is left
  std::int64_t memory_bytes = 0;           // of a GPU, for all of it; 0: what is free there
  bool deterministic = false;              // rows' results do not depend on the batch
};

struct Opened {
  std::unique_ptr<Backend> backend;
  MemoryPlan plan;  // of each GPU
};

// Puts the model on its GPUs. kUnavailable in one sentence where this build has no GPU module, or
// the machine no driver or not these GPUs, or no NCCL for several; kUsage where the model does not
// fit, its shape or the dtype is not for a GPU, or it cannot be dealt out to so many.
Result<Opened> Open(const std::string& name, const ModelConfig& config,
                    const std::shared_ptr<const TensorSource>& weights, const Options& options);

}  // namespace assay::cuda
