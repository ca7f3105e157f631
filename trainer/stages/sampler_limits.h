// trainer/stages/sampler_limits.h -- How large the policy's sampler is made.
#pragma once

#include <cstdint>

namespace assay {

inline constexpr std::int64_t kSamplerBatch = 128;  // samples in work at once
inline constexpr std::int64_t kSamplerCacheBytes = std::int64_t{1} << 30;  // keys and values

}  // namespace assay
