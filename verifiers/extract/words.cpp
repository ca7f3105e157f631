#include "verifiers/extract/words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kDressing{{
    {"**", "**"},
    {"__", "__"},
    {"*", "*"},
    {"```", "```"},
    {"`", "`"},
    {"$$", "$$"},
    {"$", "$"},
    {"\\(", "\\)"},
    {"\\[", "\\]"},
    {"\"", "\""},
    {"'", "'"},
    {"\\text{", "}"},
    {"\\mathrm{", "}"},
    {"\\mathbf{", "}"},
    {"\\textbf{", "}"},
    {"\xE2\x80\x9C", "\xE2\x80\x9D"},
}};

// Whether `inside` may stand between the two marks: the marks belong together.
bool Encloses(std::string_view open, std::string_view close, std::string_view inside) {
  if (close != "}") return inside.find(open) == std::string_view::npos;
  return inside.find_first_of("{}") == std::string_view::npos;
}

bool TakeOff(std::string_view& text) {
  for (const auto& [open, close] : kDressing) {
    if (text.size() < open.size() + close.size()) continue;
    if (!text.starts_with(open) || !text.ends_with(close)) continue;
    const auto inside = text.substr(open.size(), text.size() - open.size() - close.size());
    if (!Encloses(open, close, inside)) continue;
    text = inside;
    return true;
  }
  return false;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return ToLower(c); });
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string CollapseSpace(std::string_view text) {
  std::string collapsed;
  for (const char c : Trim(text)) {
    if (!IsSpace(c)) {
      collapsed += c;
    } else if (!collapsed.ends_with(' ')) {
      collapsed += ' ';
    }
  }
  return collapsed;
}

std::string_view Undress(std::string_view text) {
  constexpr int kLayers = 8;
  for (int layer = 0; layer < kLayers; ++layer) {
    text = Trim(text);
    if (text.ends_with('.') && !text.ends_with("..")) {
      text.remove_suffix(1);
    } else if (!TakeOff(text)) {
      break;
    }
  }
  return Trim(text);
}

bool StartsWithWord(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return ToLower(a) == ToLower(b); });
}

}  // namespace assay
