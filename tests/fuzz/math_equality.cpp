// Comparing two arbitrary texts, split at the first line break: ends within the budget of steps, is
// symmetric, and never calls a text different from itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::math;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\n');
  if (cut == std::string_view::npos) return 0;
  const std::string_view one = text.substr(0, cut);
  const std::string_view two = text.substr(cut + 1);
  const auto a = ParseAnswer(one);
  const auto b = ParseAnswer(two);
  if (!a || !b) return 0;
  const auto compare = [](const assay::math::Tree& x, std::string_view x_text, const Tree& y,
                          std::string_view y_text) {
    Budget budget;
    return Compare(x, x_text, y, y_text, Rules{}, budget);
  };
  const Match forward = compare(*a, one, *b, two);
  const Match backward = compare(*b, two, *a, one);
  const bool decided =
      forward.equality != Equality::kUndecided && backward.equality != Equality::kUndecided;
  ASSAY_CHECK(!decided || forward.equal() == backward.equal(), "not symmetric");
  if (one.find("ots") == std::string_view::npos && one.find("..") == std::string_view::npos &&
      one.find("\xE2\x80\xA6") == std::string_view::npos &&
      one.find("\xE2\x8B\xAF") == std::string_view::npos) {
    ASSAY_CHECK(compare(*a, one, *a, one).equality != Equality::kDifferent,
                "different from itself");
  }
  return 0;
}
