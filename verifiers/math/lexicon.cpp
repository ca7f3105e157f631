#include "verifiers/math/lexicon.h"

#include <algorithm>
#include <array>

#include "verifiers/math/lexicon_tables.h"

namespace assay::math {
namespace {

const Word* Find(const std::vector<Word>& words, std::string_view name) {
  const auto it = std::lower_bound(words.begin(), words.end(), name,
                                   [](const Word& w, std::string_view n) { return w.name < n; });
  return it != words.end() && it->name == name ? &*it : nullptr;
}

}  // namespace

const Word* FindCommand(std::string_view name) { return Find(CommandTable(), name); }

const Word* FindCommandPrefix(std::string_view name) {
  for (std::size_t n = name.size(); n >= 2; --n) {
    const Word* word = FindCommand(name.substr(0, n));
    if (word != nullptr) return word;
  }
  return nullptr;
}

const Word* FindWord(std::string_view name) { return Find(WordTable(), name); }

std::optional<int> NumberWord(std::string_view name) {
  constexpr std::array<std::string_view, 20> kSmall = {
      "zero",     "one",     "two",     "three",     "four",     "five",    "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr std::array<std::string_view, 8> kTens = {"twenty", "thirty",  "forty",  "fifty",
                                                     "sixty",  "seventy", "eighty", "ninety"};
  for (std::size_t i = 0; i < kSmall.size(); ++i) {
    if (name == kSmall[i]) return static_cast<int>(i);
  }
  for (std::size_t i = 0; i < kTens.size(); ++i) {
    const int tens = static_cast<int>(i + 2) * 10;
    if (name == kTens[i]) return tens;
    if (name.size() > kTens[i].size() + 1 && name.starts_with(kTens[i]) &&
        (name[kTens[i].size()] == '-' || name[kTens[i].size()] == ' ')) {
      const auto unit = NumberWord(name.substr(kTens[i].size() + 1));
      if (unit && *unit > 0 && *unit < 10) return tens + *unit;
    }
  }
  if (name == "hundred" || name == "one hundred") return 100;
  return std::nullopt;
}

}  // namespace assay::math
