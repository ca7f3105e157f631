#include "runner/model/template/jinja/text.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/utf8.h"

namespace assay::jinja {
namespace {

bool IsLetter(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LT;
}

enum class Case { kUpper, kLower, kTitle, kCapitalized };

std::string ChangeCase(std::string_view text, Case how) {
  std::string out;
  bool inside = false;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    const auto c = static_cast<utf8proc_int32_t>(point.value);
    const bool upper = how == Case::kUpper || (how != Case::kLower && !inside);
    if (point.valid) {
      AppendUtf8(static_cast<char32_t>(
                     upper ? (how == Case::kUpper ? utf8proc_toupper(c) : utf8proc_totitle(c))
                           : utf8proc_tolower(c)),
                 out);
    } else {
      out += text[0];
    }
    inside = how == Case::kCapitalized || IsLetter(point.value);
    text.remove_prefix(point.length);
  }
  return out;
}

bool InSet(std::string_view set, std::string_view character) {
  return set.empty() ? IsSpaceCharacter(DecodeUtf8(character).value)
                     : set.find(character) != std::string_view::npos;
}

}  // namespace

Text Text::FromUser(std::string bytes) {
  Text text(std::move(bytes));
  if (!text.bytes.empty()) text.user.push_back({0, text.bytes.size()});
  return text;
}

void Text::Append(const Text& other) {
  for (const ByteRange& range : other.user) {
    const ByteRange moved = {range.begin + bytes.size(), range.end + bytes.size()};
    if (!user.empty() && user.back().end == moved.begin) {
      user.back().end = moved.end;
    } else {
      user.push_back(moved);
    }
  }
  bytes += other.bytes;
}

Text Text::Cut(std::size_t begin, std::size_t end) const {
  Text part(bytes.substr(begin, end - begin));
  for (const ByteRange& range : user) {
    const std::size_t from = std::max(range.begin, begin), to = std::min(range.end, end);
    if (from < to) part.user.push_back({from - begin, to - begin});
  }
  return part;
}

Text Text::Became(std::string changed) const {
  return user.empty() ? Text(std::move(changed)) : FromUser(std::move(changed));
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::size_t OffsetOfCharacter(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (index-- == 0) return at;
  }
  return at;
}

bool IsSpaceCharacter(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

ByteRange Stripped(std::string_view text, std::string_view set, bool left, bool right) {
  std::size_t begin = 0, end = text.size();
  while (left && begin < end) {
    const std::size_t length = DecodeUtf8(text.substr(begin)).length;
    if (!InSet(set, text.substr(begin, length))) break;
    begin += length;
  }
  while (right && begin < end) {
    std::size_t start = end - 1;
    while (start > begin && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    if (!InSet(set, text.substr(start, end - start))) break;
    end = start;
  }
  return {begin, end};
}

std::string ToUpper(std::string_view text) { return ChangeCase(text, Case::kUpper); }
std::string ToLower(std::string_view text) { return ChangeCase(text, Case::kLower); }
std::string ToTitle(std::string_view text) { return ChangeCase(text, Case::kTitle); }
std::string ToCapitalized(std::string_view text) { return ChangeCase(text, Case::kCapitalized); }

}  // namespace assay::jinja
