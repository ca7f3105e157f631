// tasks/generators/logic/latin_plain.h -- The slow truth about Latin squares, for proofs.
#pragma once

#include "tasks/generators/logic/common.h"

namespace assay {

// Fillings, up to 2, of {"givens", "box_rows", "box_columns", "diagonals", "less"}, cell by cell in
// reading order; `solution` is the last one found.
int CountLatinPlainly(const Json& puzzle, IntGrid& solution);

}  // namespace assay
