// verifiers/math/extract_marks.h -- The words that announce an answer: "the final answer is",
// "####".
#pragma once

#include <string_view>

namespace assay::math {

// The last `needle` in `text`, found by its byte number `rare`, which should be rare in prose.
std::size_t FindLast(std::string_view text, std::string_view needle, std::size_t rare);

// The last "answer" in any case.
std::size_t LastAnswer(std::string_view text);

// The last "final answer" in any case. Each byte is looked at once, whatever repeats.
std::size_t LastFinalAnswer(std::string_view text);

// Where the statement that starts at `from` ends: a sentence end or a blank line.
std::size_t StatementEnd(std::string_view text, std::size_t from);

// Behind the words of a mark: blanks, colons, stars, "is", "=". `linked`: whether there was more
// than blanks.
std::size_t SkipMark(std::string_view text, std::size_t at, bool* linked);

}  // namespace assay::math
