#include "verifiers/math/extract_marks.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "verifiers/math/cut.h"

namespace assay::math {

std::size_t FindLast(std::string_view text, std::string_view needle, std::size_t rare) {
  std::size_t end = text.size();
  while (end > rare) {
    const void* hit = memrchr(text.data(), needle[rare], end);
    if (hit == nullptr) return std::string_view::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
    if (at >= rare && text.substr(at - rare).starts_with(needle)) return at - rare;
    end = at;
  }
  return std::string_view::npos;
}

std::size_t LastAnswer(std::string_view text) {
  std::size_t best = std::string_view::npos;
  for (const char w : {'w', 'W'}) {
    std::size_t end = text.size();
    while (end > 3) {
      const std::size_t from = best == std::string_view::npos ? 0 : best + 3;
      if (end <= from) break;
      const void* hit = memrchr(text.data() + from, w, end - from);
      if (hit == nullptr) break;
      const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
      if (best != std::string_view::npos && at < best + 3) break;
      if (at >= 3 && at + 3 <= text.size() && strncasecmp(text.data() + at - 3, "answer", 6) == 0) {
        best = at - 3;
        break;
      }
      end = at;
    }
  }
  return best;
}

std::size_t LastFinalAnswer(std::string_view text) {
  constexpr std::array<char, 2> kLetters = {'w', 'W'};
  std::array<std::size_t, 2> at = {text.size(), text.size()};
  std::array<bool, 2> stale = {true, true};
  while (true) {
    for (std::size_t k = 0; k < 2; ++k) {
      if (!stale[k]) continue;
      const void* hit = memrchr(text.data(), kLetters[k], at[k]);
      at[k] = hit == nullptr
                  ? std::string_view::npos
                  : static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
      stale[k] = false;
    }
    if (at[0] == std::string_view::npos && at[1] == std::string_view::npos) return at[0];
    const bool upper =
        at[0] == std::string_view::npos || (at[1] != std::string_view::npos && at[1] > at[0]);
    const std::size_t w = at[upper ? 1 : 0];
    if (w >= 9 &&
        strncasecmp(text.data() + w - 9, "final answer",
                    std::min<std::size_t>(12, text.size() - w + 9)) == 0 &&
        w + 3 <= text.size()) {
      return w - 9;
    }
    stale[upper ? 1 : 0] = true;
  }
}

std::size_t StatementEnd(std::string_view text, std::size_t from) {
  int depth = 0;
  bool dollar = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      if (i + 1 < text.size() && (text[i + 1] == '(' || text[i + 1] == '[')) ++depth;
      if (i + 1 < text.size() && (text[i + 1] == ')' || text[i + 1] == ']')) --depth;
      ++i;
      continue;
    }
    if (c == '$') dollar = !dollar;
    if (dollar || depth > 0) {
      if (c == '\n' && i + 1 < text.size() && text[i + 1] == '\n') return i;
      continue;
    }
    if (c == '\n' && i > from) {
      bool only_blank = true;
      for (std::size_t k = from; k < i; ++k)
        only_blank = only_blank && (IsBlank(text[k]) || text[k] == '*');
      if (!only_blank) return i;
    }
    if (c == '.' && (i + 1 == text.size() || IsBlank(text[i + 1]) || text[i + 1] == '*')) {
      // "4:30 p.m. on", "sq. units", "approx. 5" are no ends
      const bool abbreviation = i >= 1 && i + 2 < text.size() &&
                                std::islower(static_cast<unsigned char>(text[i + 2])) != 0;
      if (!abbreviation) return i;
    }
  }
  return text.size();
}

namespace {

// The length of "is" in other languages at the start of `text`.
std::size_t ForeignVerb(std::string_view text) {
  for (const std::string_view verb : {"是", "为", "es ", "ist ", "est ", "è ", "é "}) {
    if (text.starts_with(verb)) return verb.size();
  }
  return 0;
}

}  // namespace

std::size_t SkipMark(std::string_view text, std::size_t at, bool* linked) {
  *linked = false;
  while (at < text.size()) {
    const char c = text[at];
    if (IsBlank(c) || c == '*' || c == '_' || c == '}') {  // \textbf{Answer:}
      if (c == '\n') *linked = true;
      ++at;
    } else if (c == ':' || c == '=' || text.substr(at).starts_with("：")) {
      *linked = true;
      at += c == ':' || c == '=' ? 1 : 3;
    } else if (text.substr(at).starts_with("is ") || text.substr(at).starts_with("is:") ||
               text.substr(at).starts_with("is\n") || text.substr(at).starts_with("is$") ||
               text.substr(at).starts_with("is\\")) {
      *linked = true;
      at += 2;
    } else if (const std::size_t verb = ForeignVerb(text.substr(at)); verb > 0) {
      *linked = true;
      at += verb;
    } else if (text.substr(at).starts_with("are ") || text.substr(at).starts_with("was ")) {
      *linked = true;
      at += 3;
    } else if (text.substr(at).starts_with("therefore ")) {
      at += 10;
    } else if (text.substr(at).starts_with("equals ")) {
      *linked = true;
      at += 7;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace assay::math
