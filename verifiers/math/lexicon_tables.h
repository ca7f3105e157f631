// verifiers/math/lexicon_tables.h -- The tables behind lexicon.h, sorted by name.
#pragma once

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

// The names of one table and those that both share, sorted.
std::vector<Word> SortedWithShared(std::vector<Word> own);

}  // namespace assay::math
