#include "verifiers/logic/grid_data.h"

#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"

namespace assay {

IntLists ReadNumberGrid(Fields& fields, const char* key, int low, int high) {
  const Json& rows = fields.Array(key);
  IntLists grid;
  bool fine = rows.is_array() && !rows.empty() && rows.size() <= kMaxGridSide;
  for (std::size_t r = 0; fine && r < rows.size(); ++r) {
    fine = rows[r].is_array() && !rows[r].empty() && rows[r].size() <= kMaxGridSide &&
           rows[r].size() == rows[0].size();
    grid.emplace_back();
    for (std::size_t c = 0; fine && c < rows[r].size(); ++c) {
      fine = rows[r][c].is_number_integer() && rows[r][c] >= low && rows[r][c] <= high;
      if (fine) grid.back().push_back(rows[r][c].get<int>());
    }
  }
  if (!fine) {
    fields.Refuse(key, "expected equally long rows of whole numbers in range");
    grid = {{0}};
  }
  return grid;
}

std::string Place(std::size_t row, std::size_t column) {
  return "row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1);
}

bool AllDifferent(const std::vector<int>& values) {
  return std::set<int>(values.begin(), values.end()).size() == values.size();
}

std::optional<std::string> GivensKept(const IntLists& givens, const IntLists& grid) {
  for (std::size_t r = 0; r < givens.size(); ++r) {
    for (std::size_t c = 0; c < givens[r].size(); ++c) {
      if (givens[r][c] != 0 && givens[r][c] != grid[r][c]) {
        return "the given number in " + Place(r, c) + " was changed";
      }
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::pair<std::size_t, std::size_t>>> Cells(std::string_view answer,
                                                                      std::size_t rows,
                                                                      std::size_t columns) {
  const auto numbers = WholeNumbers(answer);
  if (!numbers || numbers->size() % 2 != 0) return std::nullopt;
  std::set<std::pair<std::size_t, std::size_t>> cells;
  for (std::size_t i = 0; i < numbers->size(); i += 2) {
    const auto row = (*numbers)[i];
    const auto column = (*numbers)[i + 1];
    if (row < 1 || row > std::int64_t(rows) || column < 1 || column > std::int64_t(columns)) {
      return std::nullopt;
    }
    if (!cells.emplace(row - 1, column - 1).second) return std::nullopt;
  }
  return std::vector<std::pair<std::size_t, std::size_t>>(cells.begin(), cells.end());
}

}  // namespace assay
