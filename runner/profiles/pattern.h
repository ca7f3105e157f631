// runner/profiles/pattern.h -- Regular expressions of other harnesses, with the meaning that
// Python's re gives them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "verifiers/verdict.h"

namespace assay {

// A compiled expression. Immutable and thread-safe. Text that is not UTF-8 is matched byte by byte.
class Pattern {
 public:
  // `expression` is one of ours: a malformed one is a bug.
  explicit Pattern(std::string_view expression);

  // Where group `group` of the first, or of the last of all non-overlapping matches stands; nothing
  // where there is no match. kUnavailable when the expression backtracks beyond its bound.
  Result<std::optional<Span>> First(std::string_view text, std::size_t group = 0) const;
  Result<std::optional<Span>> Last(std::string_view text, std::size_t group = 0) const;

 private:
  std::shared_ptr<const void> utf8_;
  std::shared_ptr<const void> bytes_;
};

}  // namespace assay
