#include "trainer/loss/shaping.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/trim.h"

namespace assay {
namespace {

// Takes `open` … `close` from the front of `text`; false when it is not there, or not exactly once.
bool TakeBlock(std::string_view& text, std::string_view open, std::string_view close) {
  if (!text.starts_with(open)) return false;
  const auto end = text.find(close);
  if (end == std::string_view::npos) return false;
  const std::string_view rest = text.substr(end + close.size());
  if (text.find(open, open.size()) != std::string_view::npos) return false;
  if (rest.find(close) != std::string_view::npos) return false;
  text = Trimmed(rest);
  return true;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(kWhiteSpace, at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kWhiteSpace, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

struct Script {
  std::string_view name;
  char32_t first, last;
};
constexpr std::array<Script, 14> kScripts = {{{"latin", 'A', 'Z'},
                                              {"latin", 'a', 'z'},
                                              {"latin", 0xC0, 0x24F},
                                              {"greek", 0x370, 0x3FF},
                                              {"cyrillic", 0x400, 0x52F},
                                              {"hebrew", 0x590, 0x5FF},
                                              {"arabic", 0x600, 0x6FF},
                                              {"devanagari", 0x900, 0x97F},
                                              {"kana", 0x3040, 0x30FF},
                                              {"han", 0x3400, 0x4DBF},
                                              {"han", 0x4E00, 0x9FFF},
                                              {"hangul", 0xAC00, 0xD7AF},
                                              {"hangul", 0x1100, 0x11FF},
                                              {"han", 0x20000, 0x2FA1F}}};

std::string_view ScriptOf(char32_t letter) {
  for (const Script& script : kScripts) {
    if (letter >= script.first && letter <= script.last) return script.name;
  }
  return {};
}

// The next code point of UTF-8 text; bytes that are none count as U+FFFD, which is no letter.
char32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  char32_t point = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return 0xFFFD;
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  }
  return more == 0 ? 0xFFFD : point;
}

}  // namespace

double OverlongPenalty(std::int64_t length, std::int64_t max_length, std::int64_t cache) {
  const std::int64_t free = max_length - cache;
  if (length <= free) return 0;
  if (length >= max_length || cache <= 0) return -1;
  return -static_cast<double>(length - free) / static_cast<double>(cache);
}

double ThinkAnswerFormat(std::string_view text) {
  text = Trimmed(text);
  return TakeBlock(text, "<think>", "</think>") && TakeBlock(text, "<answer>", "</answer>") &&
                 text.empty()
             ? 1
             : 0;
}

double RepetitionShare(std::string_view text, int n) {
  const std::vector<std::string_view> words = Words(text);
  const auto run = static_cast<std::size_t>(std::max(n, 1));
  if (words.size() < run + 1) return 0;
  std::unordered_set<std::string_view> seen;
  std::size_t repeats = 0;
  const std::size_t runs = words.size() - run + 1;
  for (std::size_t i = 0; i < runs; ++i) {
    const char* begin = words[i].data();
    const std::string_view last = words[i + run - 1];
    const auto length = static_cast<std::size_t>(last.data() + last.size() - begin);
    repeats += seen.insert(std::string_view(begin, length)).second ? 0 : 1;
  }
  return static_cast<double>(repeats) / static_cast<double>(runs);
}

double ScriptShare(std::string_view text, std::string_view script) {
  std::size_t letters = 0;
  std::size_t own = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view found = ScriptOf(NextCodePoint(text, at));
    if (found.empty()) continue;
    ++letters;
    own += found == script ? 1 : 0;
  }
  return letters == 0 ? 1 : static_cast<double>(own) / static_cast<double>(letters);
}

bool KnownScript(std::string_view script) {
  return std::any_of(kScripts.begin(), kScripts.end(),
                     [script](const Script& known) { return known.name == script; });
}

}  // namespace assay
