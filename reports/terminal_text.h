// reports/terminal_text.h -- Text of models and packs on a terminal: as data, in columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

// `text` as one line that no terminal interprets: what is not UTF-8 becomes U+FFFD, line ends and
// control characters (escape sequences, C1 and direction marks too) become spaces.
std::string OneLine(std::string_view text);

// Columns that `text` takes: two for East Asian wide characters and emoji, none for combining
// marks. An estimate: terminals differ.
std::size_t TerminalWidth(std::string_view text);

}  // namespace assay
