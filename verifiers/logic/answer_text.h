// verifiers/logic/answer_text.h -- Finds a puzzle's answer in a response and takes it apart.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct FoundAnswer {
  std::string_view answer;  // points into the response; empty: none
  bool hedge = false;       // another one is offered beside it
};
// The answer: after the last "Answer:" (any case, bold allowed; not the bare word between quotes,
// as in the format sentence), the code block that follows or
// the rest of that line; without one, the inside of the last \boxed{}. Text before </think> is
// never looked at, nor is a response whose thinking does not end. A hedge: a different answer in
// front of it, or a different block or an "or" behind it, with nothing but connecting words
// between (verifiers/extract/stated.h).
FoundAnswer FindAnswer(std::string_view response);

std::string_view TrimBlank(std::string_view text);
std::string Lower(std::string_view text);
// Lower case, each run of white space one blank, outer quotes, dots and ** gone.
std::string Normalised(std::string_view text);

// Words between white space, commas, semicolons and arrows (->, →), without brackets and quotes,
// in lower case.
std::vector<std::string> Words(std::string_view text);
// Whole numbers in the same separators; nothing when there is anything else.
std::optional<std::vector<std::int64_t>> WholeNumbers(std::string_view text);
// Rows of a grid: non-empty lines. A cell is a word, or, where a line holds a single word of
// `columns` characters, a character. Frames of '|' and lines of "-+" are left out. Nothing when
// the shape is not rows x columns.
std::optional<std::vector<std::vector<std::string>>> Grid(std::string_view text, std::size_t rows,
                                                          std::size_t columns);
std::optional<std::vector<std::vector<int>>> NumberGrid(std::string_view text, std::size_t rows,
                                                        std::size_t columns);
// "Ada = knight, Ben: knave" in lower case. Nothing when a part is no pair or a name stands twice.
std::optional<std::map<std::string, std::string>> NamedValues(std::string_view text);

}  // namespace assay
