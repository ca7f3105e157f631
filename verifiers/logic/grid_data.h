// verifiers/logic/grid_data.h -- Grids in specs and answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifiers/logic/spec_data.h"

namespace assay {

inline constexpr std::size_t kMaxGridSide = 32;

// A rectangular array of whole numbers under `key`; {{0}} and a note in `fields` where it is not.
IntLists ReadNumberGrid(Fields& fields, const char* key, int low, int high);

// "row 2, column 3", from indices.
std::string Place(std::size_t row, std::size_t column);
bool AllDifferent(const std::vector<int>& values);
// Nothing when every given number that is not 0 stands in `grid`, else which does not.
std::optional<std::string> GivensKept(const IntLists& givens, const IntLists& grid);

// "(1, 2), (3, 4)" as pairs counted from 1, all different and inside the grid; sorted, from 0.
std::optional<std::vector<std::pair<std::size_t, std::size_t>>> Cells(std::string_view answer,
                                                                      std::size_t rows,
                                                                      std::size_t columns);

}  // namespace assay
