// verifiers/math/tokens.h -- From the bytes of an answer to tokens. Reads LaTeX, plain text and
// Unicode mathematics alike; never fails: what it cannot read becomes a kUnknown token.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verifiers/math/lexicon.h"

namespace assay::math {

inline constexpr std::size_t kMaxAnswerBytes = 4096;

struct Token {
  Tok tok = Tok::kEnd;
  std::int16_t aux = 0;
  bool space_before = false;
  bool newline_before = false;
  bool braced =
      false;  // kOpen/kClose '{' written without a backslash never sets this; kText content
  std::int16_t decimals = -1;  // kNumber
  std::uint32_t begin = 0;     // in the answer
  std::uint32_t end = 0;
  std::string_view text;  // name, word or the content of \text{…}; digits of a kNumber
};

struct Tokens {
  std::vector<Token> tokens;  // the last one is kEnd
  std::string pool;           // digits of numbers whose spelling had separators
};

// `text` must outlive the result and hold at most kMaxAnswerBytes bytes.
void Tokenize(std::string_view text, Tokens& out);

}  // namespace assay::math
