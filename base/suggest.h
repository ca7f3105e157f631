// base/suggest.h -- "Did you mean …": the nearest known word to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The known word with the smallest edit distance to `word`, or "" where none is near (distance
// above a third of the longer word, at least 1). Cost is |word| x sum of |known|; words over 64
// bytes have no neighbour.
std::string Nearest(std::string_view word, const std::vector<std::string>& known);

// ` (did you mean "…"?)` or "": to be put at the end of an error message.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known);

}  // namespace assay
