// verifiers/math/labels.h -- Values that stand behind a name in words: "Total: 12", "(C) 42".
#pragma once

#include <optional>
#include <string_view>

#include "verifiers/math/expr.h"

namespace assay::math {

// What stands behind an option's letter, "the answer is", "exactly", a label in words, or "P(A | B)
// ="; nothing where the text has none of these. `flat`: the text without \text{…}.
std::optional<Tree> BehindLabel(std::string_view text, std::string_view flat);

}  // namespace assay::math
