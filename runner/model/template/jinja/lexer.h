// runner/model/template/jinja/lexer.h -- Template source to tokens, with Jinja's rules for white
// space around tags (trim_blocks and lstrip_blocks on, as in transformers).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::jinja {

enum class TokenKind {
  kText,         // outside tags
  kOutputBegin,  // {{
  kOutputEnd,    // }}
  kBlockBegin,   // {%
  kBlockEnd,     // %}
  kName,
  kString,  // unescaped
  kInteger,
  kFloat,
  kOperator,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  int line = 1;
};

// The last token is kEnd. kInput with the line.
Result<std::vector<Token>> Lex(std::string_view source);

}  // namespace assay::jinja
