#include "verifiers/numeric/units.h"

#include <algorithm>

#include "verifiers/extract/words.h"

namespace assay {
namespace {

struct Unit {
  std::string_view written;  // lower case, singular
  std::string_view plain;
};

constexpr std::array<Unit, 62> kUnits{{
    {"mm", "mm"},
    {"millimeter", "mm"},
    {"millimetre", "mm"},
    {"cm", "cm"},
    {"centimeter", "cm"},
    {"centimetre", "cm"},
    {"m", "m"},
    {"meter", "m"},
    {"metre", "m"},
    {"km", "km"},
    {"kilometer", "km"},
    {"kilometre", "km"},
    {"in", "inch"},
    {"inch", "inch"},
    {"inche", "inch"},
    {"ft", "foot"},
    {"foot", "foot"},
    {"feet", "foot"},
    {"yard", "yard"},
    {"mile", "mile"},
    {"mi", "mile"},
    {"mg", "mg"},
    {"milligram", "mg"},
    {"g", "g"},
    {"gram", "g"},
    {"kg", "kg"},
    {"kilogram", "kg"},
    {"lb", "lb"},
    {"pound", "pound"},
    {"oz", "oz"},
    {"ounce", "oz"},
    {"ml", "ml"},
    {"l", "l"},
    {"liter", "l"},
    {"litre", "l"},
    {"milliliter", "ml"},
    {"s", "s"},
    {"sec", "s"},
    {"second", "s"},
    {"min", "min"},
    {"minute", "min"},
    {"h", "h"},
    {"hr", "h"},
    {"hour", "h"},
    {"day", "day"},
    {"week", "week"},
    {"month", "month"},
    {"year", "year"},
    {"mph", "mph"},
    {"kph", "kph"},
    {"dollar", "usd"},
    {"usd", "usd"},
    {"cent", "cent"},
    {"euro", "eur"},
    {"eur", "eur"},
    {"degree", "degree"},
    {"\xC2\xB0", "degree"},
    {"^\\circ", "degree"},
    {"^{\\circ}", "degree"},
    {"gbp", "gbp"},
    {"gallon", "gallon"},
    {"gal", "gallon"},
}};

// Words that make what stands behind a number something else than its unit.
constexpr std::array<std::string_view, 22> kNoUnit = {
    "or",    "and",   "not",  "to",     "if",      "mod",      "modulo",  "plus",
    "minus", "times", "over", "base",   "squared", "cubed",    "divided", "factorial",
    "but",   "is",    "i",    "equals", "pi",      "remainder"};

std::string Singular(std::string word) {
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  return word;
}

const Unit* FindUnit(std::string_view word) {
  const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& unit) { return unit.written == word; });
  return found == kUnits.end() ? nullptr : &*found;
}

std::string PlainForm(const std::string& word) {
  const std::string singular = Singular(word);
  if (const Unit* unit = FindUnit(singular)) return std::string(unit->plain);
  if (const Unit* unit = FindUnit(word)) return std::string(unit->plain);
  return singular;
}

// A sign rather than a word: degrees in their spellings.
std::string ReadDegreeSign(std::string_view text, std::size_t& taken) {
  for (const std::string_view sign : {"\xC2\xB0", "^{\\circ}", "^\\circ", "\\degree"}) {
    if (!text.starts_with(sign)) continue;
    taken = sign.size();
    return "degree";
  }
  return {};
}

// "\text{ cm}^2" → " cm^2": what a wrapped unit says; `text` itself otherwise.
std::string Unwrap(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool skipped = false;
    for (const std::string_view wrap : {"\\text{", "\\mathrm{", "\\textrm{", "\\mbox{", "\\rm{"}) {
      if (!text.substr(i).starts_with(wrap)) continue;
      i += wrap.size() - 1;
      skipped = true;
      break;
    }
    if (!skipped && text[i] != '{' && text[i] != '}' && text[i] != '\\') plain += text[i];
  }
  return plain;
}

bool IsKnownUnit(const std::string& word) {
  return FindUnit(word) != nullptr || FindUnit(Singular(word)) != nullptr;
}

// The words of a unit that takes the whole text, or "".
std::string ReadWholeUnit(std::string_view text, bool spaced) {
  constexpr std::size_t kLongest = 60;
  if (text.empty() || text.size() > kLongest) return {};
  const bool wrapped = text.starts_with("\\");
  std::string words;
  const std::string plain = CollapseSpace(Unwrap(text));
  for (std::size_t i = 0; i < plain.size();) {
    if (!IsLetter(plain[i])) {
      const bool power = plain[i] == '^' && i + 1 < plain.size() && IsDigit(plain[i + 1]);
      const bool joins = plain[i] == ' ' || plain[i] == '/' || plain[i] == '-' || plain[i] == '.' ||
                         plain[i] == '\'';
      const bool superscript =
          plain.substr(i).starts_with("\xC2\xB2") || plain.substr(i).starts_with("\xC2\xB3");
      if (!power && !joins && !superscript) return {};
      if (words.empty()) return {};
      i += power || superscript ? 2 : 1;
      continue;
    }
    std::size_t end = i;
    while (end < plain.size() && IsLetter(plain[end])) ++end;
    const std::string word = ToLower(plain.substr(i, end - i));
    if (std::find(kNoUnit.begin(), kNoUnit.end(), word) != kNoUnit.end()) return {};
    const bool bare_first = words.empty() && !wrapped;
    if (bare_first && !IsKnownUnit(word) && (!spaced || word.size() < 2)) return {};
    words += (words.empty() ? "" : " ") + PlainForm(word);
    i = end;
  }
  return words;
}

}  // namespace

std::string ReadUnitName(std::string_view text, bool whole, bool spaced, std::size_t& taken) {
  taken = 0;
  if (std::string sign = ReadDegreeSign(text, taken); !sign.empty()) return sign;
  if (whole) {
    std::string words = ReadWholeUnit(text, spaced);
    if (!words.empty()) taken = text.size();
    return words;
  }
  std::size_t begin = 0;
  for (const std::string_view wrap : {"\\text{", "\\mathrm{"}) {
    if (text.starts_with(wrap)) begin = wrap.size();
  }
  while (begin > 0 && begin < text.size() && text[begin] == ' ') ++begin;
  std::size_t end = begin;
  while (end < text.size() && IsLetter(text[end])) ++end;
  const std::string word = ToLower(text.substr(begin, end - begin));
  constexpr std::size_t kLongestUnit = 12;
  // "in" and other short words are prose unless they touch the number.
  if (word.size() > kLongestUnit || !IsKnownUnit(word)) return {};
  if (spaced && (word == "in" || word == "s" || word == "h" || word == "min")) return {};
  taken = end;
  return PlainForm(word);
}

bool SameUnit(std::string_view a, std::string_view b) {
  return a.substr(0, a.find(' ')) == b.substr(0, b.find(' '));
}

}  // namespace assay
