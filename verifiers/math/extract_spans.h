// verifiers/math/extract_spans.h -- Formulas and plain expressions inside running text.
#pragma once

#include <string>
#include <string_view>

namespace assay::math {

inline constexpr std::size_t kMaxAnswerLength = 1000;

// Whether `text` parses and holds no words.
bool ParsesAsMathematics(std::string_view text);

// "or 5 …" behind an answer: the other answer, or nothing.
std::string_view OtherAnswer(std::string_view rest);

// ", but it could be 43" behind an answer: the other answer, or nothing.
std::string_view HedgedAnswer(std::string_view rest);

// The answer inside a sentence: a formula ($…$, \(…\), \[…\]) or a plain expression. `leading`:
// what the sentence starts with counts before what it ends with. Neighbours joined by connectors
// are joined with commas.
bool ExpressionIn(std::string_view sentence, bool leading, std::string* joined,
                  std::string_view* span, bool* multiple);

// The expression that `text` starts with, connected ones joined by commas, "" if it starts with
// none; `behind`: where it ends.
std::string LeadingExpression(std::string_view text, std::size_t* behind);
// The expression that `text` ends with, or nothing.
std::string_view TrailingExpression(std::string_view text);

// The start of the sentence that ends at `end`.
std::size_t SentenceBegin(std::string_view text, std::size_t end);

}  // namespace assay::math
