#include "verifiers/math/parameters.h"

#include <algorithm>
#include <array>

#include "verifiers/math/cut.h"

namespace assay::math {
namespace {

void TrimBack(std::string_view& s) {
  while (!s.empty() && (s.back() == ' ' || s.back() == '~' || s.back() == '\n')) s.remove_suffix(1);
}

// Strips any of `ends` off the end, blanks too; tells whether there were any.
template <std::size_t kCount>
void StripEnds(std::string_view& s, const std::array<std::string_view, kCount>& ends) {
  bool more = true;
  while (more) {
    TrimBack(s);
    more = std::any_of(ends.begin(), ends.end(), [&](std::string_view e) { return EatBack(s, e); });
  }
}

// Cuts "\in \mathbb{Z}" or "is an integer" off the end; `builder`: a brace closed behind it.
bool CutIntegers(std::string_view& s, bool* builder) {
  static constexpr std::array<std::string_view, 3> kClosers = {"\\right)", ")", "."};
  TrimBack(s);
  *builder = EatBack(s, "\\}");
  if (*builder) EatBack(s, "\\right");
  StripEnds(s, kClosers);
  for (const std::string_view set :
       {"\\mathbb{Z}", "\\mathbb Z", "\\Z", "\\mathbf{Z}", "\xE2\x84\xA4", "Z"}) {
    std::string_view head = s;
    if (!EatBack(head, set)) continue;
    TrimBack(head);
    if (!EatBack(head, "\\in") && !EatBack(head, "\xE2\x88\x88")) continue;
    s = head;
    return true;
  }
  for (const std::string_view words :
       {"is an integer", "is any integer", "any integer", "an integer"}) {
    if (EatBack(s, words)) return true;
  }
  return false;
}

std::string Renamed(std::string_view text, char from, char to) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      do out += text[i++];
      while (i < text.size() && IsLetter(text[i]));
      --i;
      continue;
    }
    const bool alone =
        (i == 0 || !IsLetter(text[i - 1])) && (i + 1 == text.size() || !IsLetter(text[i + 1]));
    out += text[i] == from && alone ? to : text[i];
  }
  return out;
}

}  // namespace

std::string WithoutTextCommands(std::string_view text) {
  std::string out;
  int depth = 0;
  std::vector<int> opened;  // depths at which a \text{ opened
  while (!text.empty()) {
    if (EatFront(text, "\\text{") || EatFront(text, "\\mbox{") || EatFront(text, "\\textrm{")) {
      opened.push_back(depth++);
      continue;
    }
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '{') ++depth;
    if (c == '}' && --depth >= 0 && !opened.empty() && opened.back() == depth) {
      opened.pop_back();
      continue;
    }
    out += c;
  }
  return out;
}

std::optional<GeneralSolution> ReadGeneralSolution(std::string_view text) {
  const std::string flat = WithoutTextCommands(text);
  std::string_view s = flat;
  bool builder = false;
  TrimBack(s);
  std::string_view before = s.substr(0, s.size() - (s.empty() ? 0 : 1));
  TrimBack(before);
  const bool named = !s.empty() && IsLetter(s.back()) &&  // "for any integer k"
                     (before.ends_with(" integer") || before.ends_with(" integers"));
  if (!named && !CutIntegers(s, &builder)) return std::nullopt;
  TrimBack(s);
  if (s.size() < 2 || !IsLetter(s.back()) || IsLetter(s[s.size() - 2])) return std::nullopt;
  const char name = s.back();
  s.remove_suffix(1);
  if (named) s = s.substr(0, s.rfind(" integer"));
  static constexpr std::array<std::string_view, 22> kJoints = {
      ",",       ";",       "(",        "\\left(", "\\quad",    "\\qquad", "\\;",  "\\,",
      "\\ ",     "\\mid",   "|",        ":",       "where",     "for",     "with", "\\forall",
      "for all", "for any", "for some", "$",       "for every", "\\:"};
  if (s.ends_with('\\')) return std::nullopt;  // the name of a command
  StripEnds(s, kJoints);
  if (builder && !EatFront(s, "\\left\\{") && !EatFront(s, "\\{")) return std::nullopt;
  if (s.empty() || s.find(name) == std::string_view::npos) return std::nullopt;
  return GeneralSolution{std::string(s), name};
}

std::vector<std::string> WithoutIntegerParameter(std::string_view text) {
  const auto solution = ReadGeneralSolution(text);
  if (!solution) return {};
  std::vector<std::string> readings = {solution->text};
  for (const char to : {'n', 'k'}) {
    if (to != solution->parameter && solution->text.find(to) == std::string::npos)
      readings.push_back(Renamed(solution->text, solution->parameter, to));
  }
  return readings;
}

}  // namespace assay::math
