// verifiers/math/spelled.h -- Numbers and stock answers written in words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifiers/math/rational.h"

namespace assay::math {

// "twenty-one", "three hundred and five", "two thirds", "a half", "three and a half", "minus two",
// "two dozen". All of `text` must be the number.
std::optional<Rational> SpelledNumber(std::string_view text);

// What a stock phrase says, as an expression to parse: "all real numbers" gives "\mathbb{R}", "no
// solution" the empty set. Empty where the phrase is none.
std::string StockPhrase(std::string_view text);

}  // namespace assay::math
