// base/utf8.h -- UTF-8 in bytes that may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

struct CodePoint {
  char32_t value = 0;      // U+FFFD where the bytes are not UTF-8
  std::size_t length = 1;  // bytes taken, 1 to 4; 1 where they are not UTF-8
  bool valid = false;
};

// The code point at the front of `text`, which must not be empty. Refuses overlong forms,
// surrogates and values above U+10FFFF.
CodePoint DecodeUtf8(std::string_view text);
void AppendUtf8(char32_t value, std::string& text);
bool IsUtf8(std::string_view text);
// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string SanitizeUtf8(std::string_view text);
// The length of the longest prefix that does not end inside a character that more bytes could
// complete.
std::size_t CompleteUtf8Prefix(std::string_view text);
// At most `max_bytes` of `text`, cut at a character border, with "…" where something was cut.
std::string Abbreviate(std::string_view text, std::size_t max_bytes);

}  // namespace assay
