#include "verifiers/extract/stated.h"

#include <algorithm>
#include <array>

#include "verifiers/extract/boxed.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 28> kConnecting = {
    "or",     "and",   "also",  "either", "maybe", "perhaps", "possibly", "alternatively",
    "answer", "the",   "is",    "final",  "be",    "could",   "might",    "may",
    "it",     "boxed", "fbox",  "text",   "both",  "else",    "my",       "our",
    "an",     "quad",  "qquad", "another"};

std::size_t LineEnd(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

// The end of the sentence or line that `from` stands in: a full stop before white space or the end.
std::size_t SentenceEnd(std::string_view text, std::size_t from) {
  const std::size_t end = LineEnd(text, from);
  for (std::size_t i = from; i < end; ++i) {
    const bool stop = text[i] == '.' || text[i] == '!' || text[i] == '?';
    if (stop && (i + 1 == end || IsSpace(text[i + 1]))) return i;
  }
  return end;
}

std::size_t SkipMarkup(std::string_view text, std::size_t i) {
  while (i < text.size() && (text[i] == ' ' || text[i] == '*' || text[i] == '_' || text[i] == '\t'))
    ++i;
  return i;
}

// The offset behind "answer is", "answer:" or "answer =" when `i` stands at "answer", else 0.
std::size_t BehindPhrase(std::string_view text, std::size_t i) {
  constexpr std::string_view kAnswer = "answer";
  if (!StartsWithWord(text.substr(i), kAnswer)) return 0;
  if (i > 0 && IsLetter(text[i - 1])) return 0;
  std::size_t at = SkipMarkup(text, i + kAnswer.size());
  if (at >= text.size()) return 0;
  if (StartsWithWord(text.substr(at), "is") && at + 2 < text.size() && !IsLetter(text[at + 2])) {
    at = SkipMarkup(text, at + 2);
    return at < text.size() && text[at] == ':' ? at + 1 : at;
  }
  return text[at] == ':' || text[at] == '=' ? at + 1 : 0;
}

std::vector<Span> FindHashes(std::string_view text) {
  std::vector<Span> spans;
  for (std::size_t i = text.find("####"); i != std::string_view::npos; i = text.find("####", i)) {
    i = std::min(text.find_first_not_of('#', i), text.size());
    spans.push_back({i, LineEnd(text, i)});
  }
  return spans;
}

// A statement ends at the latest where the next one begins, which keeps this linear.
std::vector<Span> FindPhrases(std::string_view text) {
  std::vector<Span> spans;
  const auto close_last = [&](std::size_t limit) {
    if (spans.empty()) return;
    Span& last = spans.back();
    last.end = last.begin + SentenceEnd(text.substr(0, limit).substr(last.begin), 0);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (ToLower(text[i]) != 'a') continue;
    const std::size_t behind = BehindPhrase(text, i);
    if (behind == 0) continue;
    std::size_t begin = SkipMarkup(text, behind);
    while (begin < text.size() && IsSpace(text[begin])) ++begin;  // the answer on a later line
    close_last(i);
    spans.push_back({begin, begin});
    i = begin - 1;
  }
  close_last(text.size());
  return spans;
}

// Keeps the last span and those before it that only connecting words part from their successor.
std::vector<Span> LastConnected(std::string_view text, std::vector<Span> spans) {
  auto first = spans.end() - 1;
  while (first != spans.begin()) {
    const Span& before = *(first - 1);
    if (before.end < first->begin &&
        !OnlyConnects(text.substr(before.end, first->begin - before.end)))
      break;
    --first;
  }
  spans.erase(spans.begin(), first);
  return spans;
}

}  // namespace

bool OnlyConnects(std::string_view between) {
  constexpr std::size_t kLongest = 200;
  if (between.size() > kLongest) return false;
  for (std::size_t i = 0; i < between.size();) {
    if (IsDigit(between[i])) return false;
    if (!IsLetter(between[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < between.size() && IsLetter(between[end])) ++end;
    const std::string word = ToLower(between.substr(i, end - i));
    if (std::find(kConnecting.begin(), kConnecting.end(), word) == kConnecting.end()) return false;
    i = end;
  }
  return true;
}

StatedAnswers FindStated(std::string_view text,
                         const std::function<bool(std::string_view)>& plausible) {
  Boxes boxes = FindBoxes(text);
  if (boxes.unclosed) return {Marker::kBox, {}, true};
  if (!boxes.closed.empty())
    return {Marker::kBox, LastConnected(text, std::move(boxes.closed)), false};
  const auto usable = [&](std::vector<Span> spans) {
    std::erase_if(spans, [&](const Span& span) {
      return !plausible(text.substr(span.begin, span.end - span.begin));
    });
    return spans;
  };
  if (auto hashes = usable(FindHashes(text)); !hashes.empty())
    return {Marker::kHashes, LastConnected(text, std::move(hashes)), false};
  if (auto phrases = usable(FindPhrases(text)); !phrases.empty())
    return {Marker::kPhrase, LastConnected(text, std::move(phrases)), false};
  return {};
}

}  // namespace assay
