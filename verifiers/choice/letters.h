// verifiers/choice/letters.h -- Option letters in text.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "verifiers/verdict.h"

namespace assay {

struct Letter {
  char letter = 'A';  // upper case
  Span span;
  bool heads_line = false;  // "B. …" or "B) …" at the start of a line
};

// The letters that a stated answer names: "B", "(b)", "B. Paris", "option B", "A or C", "A, C". In
// words around them, "a" and "I" are words. `options` letters exist, from A.
std::vector<Letter> LettersOf(std::string_view statement, int options);

// The letters that stand out in running text, from left to right: "(B)", "**B**", and "B", "B." or
// "B)" at the start of a line. Options that are listed, A then B and so on at starts of lines, do
// not stand out.
std::vector<Letter> StandOutLetters(std::string_view text, int options);

}  // namespace assay
