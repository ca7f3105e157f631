// verifiers/numeric/quantity.h -- Numbers as people and models write them, read exactly.
//
//   integers, decimals        42   -7   .5   1,234,567.8   1{,}000   14\,000   6.02e23   3 \times
//   10^5 fractions, mixed numbers  3/4   \frac{3}{4}   \frac34   1 1/2   1\frac{1}{2}   2½
//   percentages               50%   50\%   50 percent        (the value is 1/2)
//   currency                  $3.50   -$2   €7   5 dollars
//   factors                   2.5 million
//   units                     12 cm   3 \text{ apples}   90^\circ
#pragma once

#include <gmpxx.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifiers/verdict.h"

namespace assay {

struct Quantity {
  mpq_class value;       // exact; a percentage is divided by 100
  bool percent = false;  // written with a percent sign or word
  std::string unit;      // lower case, "" where there is none; currencies: "usd", "eur", …
  Span span;             // in the text that was read
};

// `text` as a whole is one quantity (after Undress, and after a name in front as in "x = 5").
// Nothing where it is anything else, or has more than 1,000 digits.
std::optional<Quantity> ParseQuantity(std::string_view text);

// The quantities in running text, from left to right. Linear in the text for bounded numbers.
std::vector<Quantity> FindQuantities(std::string_view text);

// "3/4", "-7", "0.5" stays 1/2: how a value is shown to people; long ones are abbreviated.
std::string ToString(const mpq_class& value);

}  // namespace assay
