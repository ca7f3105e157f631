// verifiers/math/cut.h -- The small cuts that take the text of an answer apart; the classes of
// characters are those of verifiers/extract/words.h.
#pragma once

#include <string_view>

#include "verifiers/extract/words.h"

namespace assay::math {

// White space of running text.
constexpr bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// White space of a formula: LaTeX's tie is some.
constexpr bool IsGap(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '~'; }

// Without what `is_space` at both ends.
template <class Predicate>
std::string_view TrimWhere(std::string_view s, Predicate is_space) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}
inline std::string_view TrimBlanks(std::string_view s) { return TrimWhere(s, IsBlank); }
inline std::string_view TrimGaps(std::string_view s) { return TrimWhere(s, IsGap); }

// Takes `prefix` off the front of `s`; tells whether it was there.
inline bool EatFront(std::string_view& s, std::string_view prefix) {
  if (!s.starts_with(prefix)) return false;
  s.remove_prefix(prefix.size());
  return true;
}

inline bool EatBack(std::string_view& s, std::string_view suffix) {
  if (!s.ends_with(suffix)) return false;
  s.remove_suffix(suffix.size());
  return true;
}

}  // namespace assay::math
