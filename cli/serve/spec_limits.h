// cli/serve/spec_limits.h -- What the spec of an item from outside may ask of this machine.
#pragma once

#include <cstdint>

#include "base/json.h"
#include "base/result.h"

namespace assay::serve {

// Of one run in the sandbox.
struct SpecLimits {
  std::int64_t cpu_ms = 60'000;
  std::int64_t wall_ms = 120'000;
  std::int64_t memory_mb = 4096;
  std::int64_t output_kb = 64 * 1024;
};

// kInput, naming the key, where `spec` asks for more. What it means, and whether it is well formed,
// is for its verifier to say.
Result<void> CheckSpec(const Json& spec, const SpecLimits& limits);

}  // namespace assay::serve
