// verifiers/extract/words.h -- Small tools for reading answers out of text; ASCII rules only.
#pragma once

#include <string>
#include <string_view>

namespace assay {

constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsLetter(char c) { return IsUpper(c) || (c >= 'a' && c <= 'z'); }
constexpr bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
constexpr char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string ToLower(std::string_view text);
// Without white space at both ends. Points into `text`.
std::string_view Trim(std::string_view text);
// Each run of white space replaced by one space, none at the ends.
std::string CollapseSpace(std::string_view text);
// Without the dressing that models put round an answer: white space, Markdown emphasis, back
// quotes, quotation marks, $…$, \(…\), \[…\], \text{…} and a closing full stop. Points into `text`.
std::string_view Undress(std::string_view text);
// `prefix` at the front of `text`, whatever the case of either.
bool StartsWithWord(std::string_view text, std::string_view prefix);

}  // namespace assay
