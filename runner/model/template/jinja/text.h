// runner/model/template/jinja/text.h -- A string that remembers which of its bytes strangers wrote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/model/tokenizer/tokenizer.h"

namespace assay::jinja {

struct Text {
  std::string bytes;
  std::vector<ByteRange> user;  // ascending, disjoint, not empty

  Text() = default;
  explicit Text(std::string plain) : bytes(std::move(plain)) {}
  static Text FromUser(std::string bytes);

  void Append(std::string_view plain) { bytes += plain; }
  void Append(const Text& other);
  // Bytes [begin, end).
  Text Cut(std::size_t begin, std::size_t end) const;
  // `changed` in place of this: all of it counts as the stranger's if any of this was.
  Text Became(std::string changed) const;
};

// Characters of UTF-8 text, as Python counts.
std::size_t CountCharacters(std::string_view text);
// The byte offset of character number `index` (at most the count: the end).
std::size_t OffsetOfCharacter(std::string_view text, std::size_t index);

// What Python's str.isspace() says.
bool IsSpaceCharacter(char32_t c);
// The range that is left when characters in `set` (empty: white space) are taken off the ends.
ByteRange Stripped(std::string_view text, std::string_view set, bool left, bool right);

std::string ToUpper(std::string_view text);
std::string ToLower(std::string_view text);
std::string ToTitle(std::string_view text);        // Each Word
std::string ToCapitalized(std::string_view text);  // First letter only

}  // namespace assay::jinja
