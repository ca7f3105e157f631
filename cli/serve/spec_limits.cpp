#include "cli/serve/spec_limits.h"

#include <utility>

namespace assay::serve {

Result<void> CheckSpec(const Json& spec, const SpecLimits& limits) {
  const std::pair<const char*, std::int64_t> most[] = {{"cpu_ms", limits.cpu_ms},
                                                       {"wall_ms", limits.wall_ms},
                                                       {"memory_mb", limits.memory_mb},
                                                       {"output_kb", limits.output_kb}};
  if (!spec.is_object()) return {};
  for (const auto& [key, value] : most) {
    const auto asked = spec.find(key);
    if (asked != spec.end() && asked->is_number() && asked->get<double>() > double(value))
      return Fail(ErrorCode::kInput, "verifier: \"{}\": this server allows at most {}", key, value);
  }
  return {};
}

}  // namespace assay::serve
