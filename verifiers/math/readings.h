// verifiers/math/readings.h -- What else an answer may mean, where its plain reading did not match.
//
// People write "5 m", "(C) 42", "two thirds", "3 to 2", "2A_{16}" and "no solution". Each of these
// has a first reading (5·m, C·42, words) that is wrong only because of what stands on the other
// side, so the alternatives are kept apart from the grammar and tried after it.
#pragma once

#include <string_view>
#include <vector>

#include "verifiers/math/expr.h"

namespace assay::math {

// The other readings of `text`, none of them equal to its plain reading. Costs one pass over a text
// of at most 200 bytes; longer texts have none. `beside_unit`: the other side has a unit, so that
// a single letter behind a number may be one.
std::vector<Tree> OtherReadings(std::string_view text, bool beside_unit = false);

}  // namespace assay::math
