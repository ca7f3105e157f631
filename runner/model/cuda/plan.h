// runner/model/cuda/plan.h -- What a model takes of the GPU's memory, known before it is taken.
#pragma once

#include <string_view>

#include "runner/model/cuda/device.h"
#include "runner/model/cuda/network.h"
#include "runner/model/cuda/open.h"

namespace assay::cuda {

// The rows and samples that passes of a back end with these options have at most.
WorkSize SizeOf(const Options& options);

std::int64_t PageBytes(const ModelConfig& config, WeightType type);

// As PlanMemory does for the CPU (memory_plan.h); the cache is as much as `samples` samples over
// the whole context can use, but at most 90 % of what weights and work space leave. kUsage where it
// does not fit, with the largest configuration that does, or where the shape or dtype is not for a
// GPU. `name` starts the message.
Result<MemoryPlan> PlanDeviceMemory(std::string_view name, const ModelConfig& config,
                                    const Options& options, const DeviceInfo& device);

}  // namespace assay::cuda
