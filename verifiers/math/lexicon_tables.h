// verifiers/math/lexicon_tables.h -- The tables behind lexicon.h, sorted by name.
#pragma once

#include <algorithm>
#include <vector>

#include "verifiers/math/expr.h"
#include "verifiers/math/lexicon.h"

namespace assay::math {

// LaTeX commands, by their names without the backslash.
const std::vector<Word>& CommandTable();
// Words that stand in running text.
const std::vector<Word>& WordTable();

inline constexpr std::int16_t F(Function f) { return static_cast<std::int16_t>(f); }
inline constexpr std::int16_t C(Constant c) { return static_cast<std::int16_t>(c); }
inline constexpr std::int16_t R(Relation r) { return static_cast<std::int16_t>(r); }

inline std::vector<Word> SortedByName(std::vector<Word> words) {
  std::sort(words.begin(), words.end(),
            [](const Word& a, const Word& b) { return a.name < b.name; });
  return words;
}

}  // namespace assay::math
