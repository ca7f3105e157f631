// runner/model/memory_plan.h -- What a local model takes of the memory, known before it is taken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/weight_type.h"

namespace assay {

// What the plan depends on beside the model.
struct MemoryNeeds {
  WeightType weights = WeightType::kF32;
  std::int64_t batch = 64;  // samples in work at once
  std::size_t threads = 1;
  std::int64_t cache_bytes = 0;      // for keys and values; 0: chosen by the plan
  std::int64_t available_bytes = 0;  // of memory; 0 where nobody knows: everything fits
};

struct MemoryPlan {
  WeightType weights = WeightType::kF32;
  std::int64_t batch = 0;
  std::int64_t available_bytes = 0;
  std::int64_t weight_bytes = 0;  // packed matrices
  std::int64_t work_bytes = 0;    // activations and logits
  std::int64_t cache_bytes = 0;   // keys and values, whole pages
  std::int64_t positions = 0;     // that the cache holds: tokens of all samples in work together

  std::int64_t total_bytes() const { return weight_bytes + work_bytes + cache_bytes; }
};

// `source` is looked at for how weights are stored; nothing is read. The cache is what was asked
// for, or else as much as `batch` samples over the whole context can use, but at most a quarter of
// what weights and work space leave and at least one sample of 4096 positions (or the context,
// where that is shorter). kUsage where it does not fit, with the numbers and the largest
// configuration that fits. `name` starts the message.
Result<MemoryPlan> PlanMemory(std::string_view name, const ModelConfig& config,
                              const TensorSource& source, const MemoryNeeds& given);

// "weights 144 MB (int8), work space 60 MB, keys and values 1510 MB for 65536 tokens (64 samples
// of 1024): 1714 MB of 21,000 MB available".
std::string Describe(const MemoryPlan& plan);

}  // namespace assay
