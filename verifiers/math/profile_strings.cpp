// The normal forms of other graders, as chains of small rewritings.
#include <algorithm>
#include <array>
#include <cctype>

#include "verifiers/math/profiles.h"

namespace assay::math {
namespace {

void Replace(std::string& s, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = s.find(from, at);
    if (found == std::string::npos) break;
    out.append(s, at, found - at);
    out.append(to);
    at = found + from.size();
  }
  out.append(s, at);
  s = std::move(out);
}

void Remove(std::string& s, std::string_view what) { Replace(s, what, ""); }

bool Digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool SignedInteger(std::string_view s) {
  if (s.starts_with('-')) s.remove_prefix(1);
  return Digits(s);
}

// \sqrt3 -> \sqrt{3}
std::string BraceRoots(const std::string& s) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = s.find("\\sqrt", at);
    if (found == std::string::npos) break;
    out.append(s, at, found + 5 - at);
    at = found + 5;
    if (at < s.size() && s[at] != '{') {
      out += '{';
      out += s[at++];
      out += '}';
    }
  }
  return out.append(s, at);
}

// \frac12, \frac1{72}, \frac{1}2 -> \frac{1}{2}
std::string BraceFractions(const std::string& s) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = s.find("\\frac", at);
    if (found == std::string::npos) break;
    out.append(s, at, found + 5 - at);
    at = found + 5;
    if (at + 1 >= s.size() || s[at] == '{') continue;
    const char a = s[at];
    const char b = s[at + 1];
    if (b == '{') {
      out += std::string("{") + a + "}";
      at += 1;
    } else {
      out += std::string("{") + a + "}{" + b + "}";
      at += 2;
    }
  }
  return out.append(s, at);
}

std::string SlashToFraction(const std::string& s) {
  const std::size_t slash = s.find('/');
  if (slash == std::string::npos || s.find('/', slash + 1) != std::string::npos) return s;
  const std::string a = s.substr(0, slash);
  const std::string b = s.substr(slash + 1);
  if (!SignedInteger(a) || !SignedInteger(b)) return s;
  return "\\frac{" + a + "}{" + b + "}";
}

// \name{inside} -> inside, everywhere.
void Unwrap(std::string& s, const std::string& name) {
  const std::string open = "\\" + name + "{";
  for (int i = 0; i < 100; ++i) {
    const std::size_t from = s.find(open);
    if (from == std::string::npos) return;
    const std::size_t to = s.find('}', from);
    if (to == std::string::npos) return;
    s = s.substr(0, from) + s.substr(from + open.size(), to - from - open.size()) +
        s.substr(to + 1);
  }
}

std::string Lower(std::string s) {
  for (char& c : s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return s;
}

}  // namespace

std::string HendrycksForm(std::string_view answer) {
  std::string s(answer);
  Remove(s, "\n");
  Remove(s, "\\!");
  Replace(s, "\\\\", "\\");
  Replace(s, "tfrac", "frac");
  Replace(s, "dfrac", "frac");
  Remove(s, "\\left");
  Remove(s, "\\right");
  Remove(s, "^{\\circ}");
  Remove(s, "^\\circ");
  Remove(s, "\\$");
  s = s.substr(0, s.find("\\text{ "));  // a unit on the right
  Remove(s, "\\%");
  Replace(s, " .", " 0.");
  Replace(s, "{.", "{0.");
  if (s.empty()) return s;
  if (s[0] == '.') s.insert(0, "0");
  const std::size_t equal = s.find('=');
  if (equal != std::string::npos && s.find('=', equal + 1) == std::string::npos && equal <= 2) {
    s = s.substr(equal + 1);
  }
  s = BraceRoots(s);
  Remove(s, " ");
  s = BraceFractions(s);
  if (s == "0.5") s = "\\frac{1}{2}";
  return SlashToFraction(s);
}

std::string MinervaForm(std::string_view answer) {
  std::string s(answer);
  const std::size_t equal = s.rfind('=');
  if (equal != std::string::npos) s = s.substr(equal + 1);
  static constexpr std::array<std::array<std::string_view, 2>, 10> kSubstitutions = {
      {{"an ", ""},
       {"a ", ""},
       {".$", "$"},
       {"\\$", ""},
       {"\\ ", ""},
       {" ", ""},
       {"mbox", "text"},
       {",\\text{and}", ","},
       {"\\text{and}", ","},
       {"\\text{m}", "\\text{}"}}};
  for (const auto& [from, to] : kSubstitutions) Replace(s, from, to);
  static constexpr std::string_view kRemoved[] = {"square",       "ways",
                                                  "integers",     "dollars",
                                                  "mph",          "inches",
                                                  "ft",           "hours",
                                                  "km",           "units",
                                                  "\\ldots",      "sue",
                                                  "points",       "feet",
                                                  "minutes",      "digits",
                                                  "cents",        "degrees",
                                                  "cm",           "gm",
                                                  "pounds",       "meters",
                                                  "meals",        "edges",
                                                  "students",     "childrentickets",
                                                  "multiples",    "\\text{s}",
                                                  "\\text{.}",    "\\text{\ns}",
                                                  "\\text{}^2",   "\\text{}^3",
                                                  "\\text{\n}",   "\\text{}",
                                                  "\\mathrm{th}", "^\\circ",
                                                  "^{\\circ}",    "\\;",
                                                  ",\\!",         "{,}",
                                                  "\"",           "\\dots"};
  for (const std::string_view word : kRemoved) Remove(s, word);
  const std::size_t open = s.find('$');
  const std::size_t close = open == std::string::npos ? open : s.find('$', open + 1);
  if (close != std::string::npos) s = s.substr(open + 1, close - open - 1);
  for (const char* wrapper : {"text", "textbf", "overline", "boxed"}) Unwrap(s, wrapper);
  s = BraceFractions(s);
  s = BraceRoots(s);
  Remove(s, "$");
  std::string bare = s;
  Remove(bare, ",");
  return Digits(bare) ? bare : s;
}

std::string PrmForm(std::string_view answer) {
  std::string s(answer);
  if (s.starts_with("\\text{") && s.ends_with("}")) s = s.substr(6, s.size() - 7);
  for (const char* mark : {"\\%", "\\$", "$", "%"}) Remove(s, mark);
  Replace(s, " or ", ",");
  Replace(s, " and ", ",");
  static constexpr std::string_view kUnits[] = {
      "degree", "centimeter", "cm",    "meter", "mile", "second", "minute", "hour",
      "day",    "week",       "month", "year",  "foot", "feet",   "inch",   "yard"};
  for (const std::string_view unit : kUnits) {
    for (const char* plural : {"es", "s", ""}) Remove(s, std::string(unit) + plural);
  }
  Remove(s, "^\\circ");
  Remove(s, "^{\\circ}");
  if (s.size() > 1 && s.front() == '{' && s.back() == '}') s = s.substr(1, s.size() - 2);
  Remove(s, ",\\!");
  Replace(s, "\\text{", "{");
  return Lower(HendrycksForm(s));
}

std::string GsmForm(std::string_view answer) {
  std::string s(answer);
  Remove(s, ",");
  Remove(s, "$");
  if (s.ends_with('.')) s.pop_back();
  return Lower(std::move(s));
}

}  // namespace assay::math
