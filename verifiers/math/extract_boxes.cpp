#include "verifiers/math/extract_boxes.h"

#include <cctype>

#include "verifiers/math/cut.h"
#include "verifiers/math/extract_words.h"

namespace assay::math {
namespace {

// Cuts "x =" off the end and returns the name, "" if none stands there.
std::string_view CutName(std::string_view& s) {
  const auto trim = [&] {
    while (!s.empty() && (IsBlank(s.back()) || s.back() == '$')) s.remove_suffix(1);
  };
  trim();
  if (!s.ends_with('=')) return {};
  s.remove_suffix(1);
  trim();
  std::size_t n = 0;
  while (n < s.size() && n < 8 &&
         (std::isalnum(static_cast<unsigned char>(s[s.size() - 1 - n])) != 0 ||
          s[s.size() - 1 - n] == '_')) {
    ++n;
  }
  const std::string_view name = s.substr(s.size() - n);
  s.remove_suffix(n);
  return name;
}

}  // namespace

bool JoinsNamed(std::string_view before, std::string_view gap) {
  const std::string_view name = CutName(gap);
  return !name.empty() && name == CutName(before) && IsConnector(gap);
}

std::vector<Box> FindBoxes(std::string_view text, bool* unclosed) {
  std::vector<Box> boxes;
  *unclosed = false;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = text.find('\\', at);
    if (begin == std::string_view::npos) return boxes;
    const std::string_view name = text.substr(begin + 1);
    const std::size_t length = name.starts_with("boxed")      ? 5
                               : name.starts_with("fbox")     ? 4
                               : name.starts_with("framebox") ? 8
                                                              : 0;
    at = begin + 1 + length;
    if (length == 0) continue;
    std::size_t open = at;
    while (open < text.size() && text[open] == ' ') ++open;
    if (open >= text.size() || text[open] != '{') {  // \boxed 5
      std::size_t end = open;
      while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
      if (end > open && open > at) {
        boxes.push_back({text.substr(open, end - open), begin, end});
        *unclosed = false;
      }
      continue;
    }
    int depth = 0;
    std::size_t i = open;
    for (; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '{') {
        ++depth;
      } else if (text[i] == '}' && --depth == 0) {
        break;
      }
    }
    if (i >= text.size()) {
      *unclosed = true;
      return boxes;
    }
    boxes.push_back({text.substr(open + 1, i - open - 1), begin, i + 1});
    at = i + 1;
  }
}

}  // namespace assay::math
