// verifiers/math/parse.h -- From the text of an answer to an expression tree.
//
// Reads LaTeX (also malformed as models write it), plain text and Unicode. Bounded by
// kMaxAnswerBytes, kMaxDepth and kMaxNodes. A failure is a value with a position; nothing is
// guessed from the readable part of an unreadable answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "verifiers/math/expr.h"

namespace assay::math {

inline constexpr int kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 2000;
inline constexpr std::size_t kMaxNames = 200;

struct ParseError {
  std::size_t position = 0;  // byte offset into the text that was parsed
  std::string message;       // what was expected or found there
  bool too_large = false;    // a bound was reached, as opposed to a mistake
};

// Mathematics only: words alone are an error here.
tl::expected<Tree, ParseError> ParseExpression(std::string_view text);

// An answer as people write it: wrappers (dollar signs, \boxed, Markdown, final punctuation) are
// stripped first, and a text that is plainly words becomes one kText node.
tl::expected<Tree, ParseError> ParseAnswer(std::string_view text);

// What ParseExpression reads, where that is no mere text either.
std::optional<Tree> ParseFormula(std::string_view text);

// `text` without the wrappers that ParseAnswer strips.
std::string_view StripWrappers(std::string_view text);

// Words for comparison: letters and digits in lower case (a lone letter keeps its case), other
// characters as single blanks, no articles, LaTeX commands dropped.
std::string NormalizeWords(std::string_view text);

// Whether `text` is words rather than mathematics.
bool LooksLikeWords(std::string_view text);

}  // namespace assay::math
