#include "cli/serve/spec_limits.h"

#include <cstdint>
#include <limits>
#include <string>

#include "tests/support/catch.h"

namespace assay::serve {
namespace {

TEST_CASE("a spec may ask for so much and no more") {
  const SpecLimits limits{.cpu_ms = 10, .wall_ms = 20, .memory_mb = 30, .output_kb = 40};
  const Json most = {
      {"kind", "code"}, {"cpu_ms", 10}, {"wall_ms", 20}, {"memory_mb", 30}, {"output_kb", 40}};
  CHECK(CheckSpec(most, limits));
  for (const std::string key : {"cpu_ms", "wall_ms", "memory_mb", "output_kb"}) {
    for (const Json& value :
         {Json(41), Json(1e300), Json(std::numeric_limits<std::uint64_t>::max())}) {
      Json more = most;
      more[key] = value;
      const auto refused = CheckSpec(more, limits);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().message.find("\"" + key + "\"") != std::string::npos);
    }
  }
  // Whether these are well formed is for the verifier to say.
  for (const Json& other : {Json(), Json(1), Json::array({1}), Json{{"cpu_ms", "long"}}})
    CHECK(CheckSpec(other, limits));
}

}  // namespace
}  // namespace assay::serve
