// Extraction from arbitrary bytes: ends, and every span lies inside the response.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "verifiers/math/extract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view response(reinterpret_cast<const char*>(data), size);
  const char* why = "";
  for (const bool boxed : {false, true}) {
    for (const auto& found : assay::math::Extract(response, {boxed}, &why)) {
      ASSAY_CHECK(found.begin <= found.end && found.end <= size, "a span outside the response");
    }
  }
  return 0;
}
