// Nonograms and binary puzzles: grids of two marks.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/grid_data.h"
#include "verifiers/logic/puzzle.h"

namespace assay {
namespace {

std::vector<int> RunsOf(const std::vector<int>& line) {
  std::vector<int> runs;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == 0) continue;
    if (i == 0 || line[i - 1] == 0) runs.push_back(0);
    ++runs.back();
  }
  return runs;
}

// A grid of marks as 0 and 1: '#', 'x', '1', '*' are marks; '.', '0', '-', '_' are not.
std::optional<IntLists> Marks(std::string_view answer, std::size_t rows, std::size_t columns) {
  const auto cells = Grid(answer, rows, columns);
  if (!cells) return std::nullopt;
  IntLists marks;
  for (const auto& row : *cells) {
    marks.emplace_back();
    for (const std::string& cell : row) {
      if (cell.size() != 1) return std::nullopt;
      const bool on = std::string_view("#x1").find(cell[0]) != std::string_view::npos;
      if (!on && std::string_view(".0-_o").find(cell[0]) == std::string_view::npos) {
        return std::nullopt;
      }
      marks.back().push_back(on ? 1 : 0);
    }
  }
  return marks;
}

}  // namespace

// {"rows": [[runs]], "columns": [[runs]]}
PuzzleCheck MakeNonogram(Fields& fields, const std::string&) {
  const auto rows = ReadIntLists(fields, "rows", 0, 100'000);
  const auto columns = ReadIntLists(fields, "columns", 0, 100'000);
  if (rows.empty() || columns.empty() || rows.size() > kMaxGridSide ||
      columns.size() > kMaxGridSide) {
    fields.Refuse("rows", "expected 1 to 32 rows and columns");
  }
  return [rows, columns](std::string_view answer) -> std::optional<std::string> {
    const auto marks = Marks(answer, rows.size(), columns.size());
    if (!marks) return "not a grid of '#' and '.' of the right shape";
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (RunsOf((*marks)[r]) != rows[r])
        return "row " + std::to_string(r + 1) + " breaks its clue";
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::vector<int> column;
      for (const auto& row : *marks) column.push_back(row[c]);
      if (RunsOf(column) != columns[c])
        return "column " + std::to_string(c + 1) + " breaks its clue";
    }
    return std::nullopt;
  };
}

// Takuzu: {"givens": [[0, 1, or 2 for empty]]}: no three equal neighbours in a line, as many 0 as 1
// in each line, no two equal rows or columns.
PuzzleCheck MakeBinaryGrid(Fields& fields, const std::string&) {
  const auto givens = ReadNumberGrid(fields, "givens", 0, 2);
  const std::size_t n = givens.size();
  if (givens[0].size() != n || n % 2 != 0) fields.Refuse("givens", "must be square and even");
  return [givens, n](std::string_view answer) -> std::optional<std::string> {
    const auto grid = NumberGrid(answer, n, n);
    if (!grid) return "not a square of the right size";
    std::set<std::vector<int>> rows;
    std::set<std::vector<int>> columns;
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<int> column;
      for (std::size_t j = 0; j < n; ++j) {
        if ((*grid)[i][j] > 1) return Place(i, j) + " must be 0 or 1";
        if (givens[i][j] != 2 && givens[i][j] != (*grid)[i][j]) return Place(i, j) + " was given";
        column.push_back((*grid)[j][i]);
      }
      for (const auto& line : {(*grid)[i], column}) {
        if (std::count(line.begin(), line.end(), 1) != std::ptrdiff_t(n / 2)) {
          return "a line has not as many 0 as 1";
        }
        for (std::size_t j = 2; j < n; ++j) {
          if (line[j] == line[j - 1] && line[j] == line[j - 2]) return "three equal neighbours";
        }
      }
      if (!rows.insert((*grid)[i]).second || !columns.insert(column).second)
        return "two equal lines";
    }
    return std::nullopt;
  };
}

}  // namespace assay
