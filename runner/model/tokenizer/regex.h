// runner/model/tokenizer/regex.h -- PCRE2 behind two calls, reading expressions that were written
// for Oniguruma (Hugging Face tokenizers) with the meaning they have there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// A compiled expression. Immutable and thread-safe.
class Regex {
 public:
  // kInput with offset and reason where `pattern` is malformed, or holds what the two engines read
  // differently (\w, \b, \h, && …).
  static Result<Regex> Compile(std::string_view pattern);
  // Matches exactly `text`.
  static Result<Regex> Literal(std::string_view text);

 private:
  friend class RegexMatcher;
  std::shared_ptr<const void> code_;
};

struct RegexMatch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Scratch memory for matching with one Regex. One thread at a time.
class RegexMatcher {
 public:
  explicit RegexMatcher(const Regex& regex);

  // The first non-empty match at or after `offset` of `text` (valid UTF-8), or nothing. kInput when
  // the expression backtracks beyond its bound.
  Result<std::optional<RegexMatch>> Find(std::string_view text, std::size_t offset);

 private:
  std::shared_ptr<const void> code_;
  std::shared_ptr<void> match_;
  std::shared_ptr<void> context_;
};

}  // namespace assay
