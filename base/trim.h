// base/trim.h -- Text without the white space around it.
#pragma once

#include <string_view>

namespace assay {

// White space as JSON and lines of text have it: spaces, tabs, carriage returns, line feeds.
inline constexpr std::string_view kWhiteSpace = " \t\r\n";

inline std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace assay
