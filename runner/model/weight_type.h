// runner/model/weight_type.h -- What `--dtype` chooses.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay {

// How weights are held. On the CPU activations and sums are 32-bit floats in every case, keys and
// values half floats but for kF32; on a GPU activations and cache are of the weights' type, sums
// 32-bit floats.
enum class WeightType {
  kF32,   // exact for every stored type
  kBf16,  // rounded to bf16, half the memory
  kF16,   // rounded to half floats; GPU only
  kInt8,  // blocks of 32 with one scale, activations rounded likewise: the fastest batches
  kInt4,  // 4-bit weights exactly as a Q4_0 or Q4_1 file stores them, the file's others as kInt8:
          // the fastest single sample. Only for such files.
};

// kUsage naming the known types.
Result<WeightType> ParseWeightType(const std::string& name);  // "f32" ("fp32"), "bf16", …
std::string_view ToString(WeightType type);
// Of the CPU: not for kF16.
kernels::WeightFormat FormatOf(WeightType type);
kernels::CacheFormat CacheFormatOf(WeightType type);

}  // namespace assay
