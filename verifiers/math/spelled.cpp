#include "verifiers/math/spelled.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "verifiers/math/lexicon.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

using Words = std::vector<std::string>;

Words Split(std::string_view text) {
  Words words;
  std::string word;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c == ' ' || c == '-' || c == ',' || c == '\n') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      return {};
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::int64_t Scale(std::string_view word) {
  if (word == "hundred") return 100;
  if (word == "thousand") return 1'000;
  if (word == "million") return 1'000'000;
  if (word == "billion") return 1'000'000'000;
  return 0;
}

// "thirds" -> 3
std::int64_t Part(std::string word) {
  static constexpr std::array<std::pair<std::string_view, int>, 16> kParts = {
      {{"half", 2},
       {"halve", 2},
       {"third", 3},
       {"fourth", 4},
       {"quarter", 4},
       {"fifth", 5},
       {"sixth", 6},
       {"seventh", 7},
       {"eighth", 8},
       {"ninth", 9},
       {"tenth", 10},
       {"eleventh", 11},
       {"twelfth", 12},
       {"twentieth", 20},
       {"hundredth", 100},
       {"thousandth", 1000}}};
  for (const auto& [name, value] : kParts) {
    if (word == name) return value;
    if (word.size() == name.size() + 1 && word.back() == 's' && word.starts_with(name))
      return value;
  }
  return 0;
}

// The whole number that words[*at …] spell. Moves *at behind it.
std::optional<std::int64_t> Whole(const Words& words, std::size_t* at) {
  std::int64_t total = 0;
  std::int64_t group = 0;
  std::int64_t last = 0;  // the size of the word before: each must be smaller than the one before
  std::size_t i = *at;
  bool any = false;
  while (i < words.size()) {
    if (words[i] == "dozen" && any && i + 1 == words.size()) {
      *at = i + 1;
      return (total + group) * 12;
    }
    if (any && words[i] == "and" && i + 1 < words.size() && (group >= 100 || total > 0) &&
        NumberWord(words[i + 1])) {
      ++i;
      continue;
    }
    const auto small = NumberWord(words[i]);
    if (small && *small != 100) {
      const std::int64_t v = *small;
      const bool fits = !any || last == 0 || last >= 100 || (last >= 20 && v > 0 && v < 10);
      if (!fits) break;
      group += v;
      last = v == 0 ? 1 : v;
    } else if (const std::int64_t scale = Scale(words[i]); scale == 100) {
      if (!any || group == 0 || group >= 100) break;
      group *= 100;
      last = 100;
    } else if (scale > 0) {
      if (!any || group == 0 || (total > 0 && scale >= total)) break;
      total += group * scale;
      group = 0;
      last = scale;
    } else {
      break;
    }
    any = true;
    ++i;
  }
  if (!any) return std::nullopt;
  *at = i;
  return total + group;
}

}  // namespace

std::optional<Rational> SpelledNumber(std::string_view text) {
  if (text.size() > 100) return std::nullopt;
  Words words = Split(text);
  if (words.empty()) return std::nullopt;
  std::size_t at = 0;
  const bool negative = words[0] == "minus" || words[0] == "negative";
  if (negative) ++at;
  if (at < words.size() && (words[at] == "a" || words[at] == "an")) {
    if (at + 1 < words.size()) words[at] = "one";
  }
  Rational value;
  if (at + 1 == words.size() && words[at] == "half") {
    value = Rational(1, 2);
    at = words.size();
  } else {
    const auto whole = Whole(words, &at);
    if (!whole) return std::nullopt;
    value = Rational(*whole);
    if (at < words.size() && words[at] == "and") {  // three and a half
      ++at;
      if (at < words.size() && (words[at] == "a" || words[at] == "an")) words[at] = "one";
      const auto top = Whole(words, &at);
      const std::int64_t part = at < words.size() ? Part(words[at]) : 0;
      if (!top || part == 0 || *top >= part) return std::nullopt;
      value = value + Rational(*top, part);
      ++at;
    } else if (at < words.size()) {
      const std::int64_t part = Part(words[at]);
      if (part == 0) return std::nullopt;
      value = value / Rational(part);
      ++at;
    }
  }
  if (at != words.size()) return std::nullopt;
  return negative ? -value : value;
}

std::string StockPhrase(std::string_view text) {
  if (text.size() > 120) return {};
  const std::string words = NormalizeWords(text);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 44> kPhrases = {{
      {"all real numbers", "\\mathbb{R}"},
      {"all reals", "\\mathbb{R}"},
      {"all real x", "\\mathbb{R}"},
      {"all real values", "\\mathbb{R}"},
      {"all real values of x", "\\mathbb{R}"},
      {"all real numbers x", "\\mathbb{R}"},
      {"all x", "\\mathbb{R}"},
      {"set of all real numbers", "\\mathbb{R}"},
      {"set of real numbers", "\\mathbb{R}"},
      {"any real number", "\\mathbb{R}"},
      {"every real number", "\\mathbb{R}"},
      {"real numbers", "\\mathbb{R}"},
      {"x is any real number", "\\mathbb{R}"},
      {"all integers", "\\mathbb{Z}"},
      {"set of all integers", "\\mathbb{Z}"},
      {"no solution", "\\emptyset"},
      {"no solutions", "\\emptyset"},
      {"there is no solution", "\\emptyset"},
      {"there are no solutions", "\\emptyset"},
      {"no real solution", "\\emptyset"},
      {"no real solutions", "\\emptyset"},
      {"there are no real solutions", "\\emptyset"},
      {"there is no real solution", "\\emptyset"},
      {"no such x", "\\emptyset"},
      {"no such number exists", "\\emptyset"},
      {"empty set", "\\emptyset"},
      {"none", "\\emptyset"},
      {"infinity", "\\infty"},
      {"positive infinity", "\\infty"},
      {"infinite", "\\infty"},
      {"negative infinity", "-\\infty"},
      {"minus infinity", "-\\infty"},
      {"dne", "\\text{does not exist}"},
      {"does not exist", "\\text{does not exist}"},
      {"limit does not exist", "\\text{does not exist}"},
      {"it does not exist", "\\text{does not exist}"},
      {"doesnt exist", "\\text{does not exist}"},
      {"infinitely many", "\\infty"},
      {"infinitely many solutions", "\\infty"},
      {"infinite solutions", "\\infty"},
      {"infinite number of solutions", "\\infty"},
      {"an infinite number of solutions", "\\infty"},
      {"there are infinitely many solutions", "\\infty"},
      {"undefined", "\\text{undefined}"},
  }};
  for (const auto& [phrase, meaning] : kPhrases) {
    if (words == phrase) return std::string(meaning);
  }
  for (const std::string_view lead :
       {"all real numbers except ", "all real numbers except for ", "all reals except ",
        "all real x except ", "all real numbers other than "}) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!lower.starts_with(lead)) continue;
    std::string rest(text.substr(lead.size()));
    for (const std::string_view name : {"x = ", "x="}) {
      if (rest.starts_with(name)) rest.erase(0, name.size());
    }
    if (rest.starts_with("for ")) continue;
    return "\\mathbb{R} \\setminus \\{" + rest + "\\}";
  }
  return {};
}

}  // namespace assay::math
