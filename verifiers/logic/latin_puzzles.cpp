// Latin squares and their kin, magic squares, kakuro: grids of numbers.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/grid_data.h"
#include "verifiers/logic/puzzle.h"

namespace assay {
namespace {

struct Latin {
  IntLists givens;
  std::size_t box_rows = 0;  // 0: no boxes
  std::size_t box_columns = 0;
  bool diagonals = false;
  IntLists less;  // {row, column, row, column}: the first cell is smaller

  std::optional<std::string> RowsAndColumns(const IntLists& grid) const {
    const std::size_t n = givens.size();
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<int> column;
      for (std::size_t r = 0; r < n; ++r) {
        if (grid[r][i] < 1 || grid[r][i] > int(n)) return Place(r, i) + " is out of range";
        column.push_back(grid[r][i]);
      }
      if (!AllDifferent(grid[i])) return "row " + std::to_string(i + 1) + " repeats a number";
      if (!AllDifferent(column)) return "column " + std::to_string(i + 1) + " repeats a number";
    }
    return std::nullopt;
  }

  std::optional<std::string> Regions(const IntLists& grid) const {
    const std::size_t n = givens.size();
    for (std::size_t box = 0; box_rows > 0 && box < n; ++box) {
      const std::size_t per_row = n / box_columns;
      std::vector<int> values;
      for (std::size_t i = 0; i < n; ++i) {
        values.push_back(grid[box / per_row * box_rows + i / box_columns]
                             [box % per_row * box_columns + i % box_columns]);
      }
      if (!AllDifferent(values)) return "box " + std::to_string(box + 1) + " repeats a number";
    }
    std::vector<int> falling;
    std::vector<int> rising;
    for (std::size_t i = 0; diagonals && i < n; ++i) {
      falling.push_back(grid[i][i]);
      rising.push_back(grid[i][n - 1 - i]);
    }
    if (!AllDifferent(falling) || !AllDifferent(rising)) return "a diagonal repeats a number";
    for (const auto& pair : less) {
      if (grid[pair[0]][pair[1]] >= grid[pair[2]][pair[3]]) {
        return Place(pair[0], pair[1]) + " is not smaller than " + Place(pair[2], pair[3]);
      }
    }
    return std::nullopt;
  }
};

}  // namespace

// {"givens": [[0 for empty]], "box_rows": 3, "box_columns": 3, "diagonals": true, "less": [[r, c,
// r, c]]}
PuzzleCheck MakeLatin(Fields& fields, const std::string&) {
  Latin latin;
  latin.givens = ReadNumberGrid(fields, "givens", 0, int(kMaxGridSide));
  const std::size_t n = latin.givens.size();
  if (latin.givens[0].size() != n) fields.Refuse("givens", "must be square");
  latin.box_rows = std::size_t(fields.OptionalInt("box_rows", 1, 16).value_or(0));
  latin.box_columns = std::size_t(fields.OptionalInt("box_columns", 1, 16).value_or(0));
  if (latin.box_rows * latin.box_columns != n && latin.box_rows + latin.box_columns != 0) {
    fields.Refuse("box_rows", "box_rows times box_columns must be the side of the grid");
  }
  latin.diagonals = fields.OptionalBool("diagonals").value_or(false);
  if (fields.OptionalAny("less") != nullptr) latin.less = ReadIntLists(fields, "less", 0, 100'000);
  for (const auto& pair : latin.less) {
    const bool inside = pair.size() == 4 && std::all_of(pair.begin(), pair.end(),
                                                        [&](int i) { return std::size_t(i) < n; });
    if (!inside) fields.Refuse("less", "expected [row, column, row, column] inside the grid");
  }
  return [latin, n](std::string_view answer) -> std::optional<std::string> {
    const auto grid = NumberGrid(answer, n, n);
    if (!grid) return "not a grid of " + std::to_string(n) + " rows of " + std::to_string(n);
    if (auto fault = GivensKept(latin.givens, *grid)) return fault;
    if (auto fault = latin.RowsAndColumns(*grid)) return fault;
    return latin.Regions(*grid);
  };
}

// Kakuro: {"white": [[0 or 1]], "runs": [[sum, r, c, r, c, …]]}; black cells are '#' in the answer.
PuzzleCheck MakeRunSums(Fields& fields, const std::string&) {
  const auto white = ReadNumberGrid(fields, "white", 0, 1);
  const auto runs = ReadIntLists(fields, "runs", 0, 100'000);
  for (const auto& run : runs) {
    bool fine = run.size() % 2 == 1 && run.size() >= 3;
    for (std::size_t i = 1; fine && i < run.size(); i += 2) {
      fine = std::size_t(run[i]) < white.size() && std::size_t(run[i + 1]) < white[0].size();
    }
    if (!fine) {
      fields.Refuse("runs", "expected [sum, row, column, row, column, …] inside the grid");
      return nullptr;
    }
  }
  return [white, runs](std::string_view answer) -> std::optional<std::string> {
    const auto cells = Grid(answer, white.size(), white[0].size());
    if (!cells) return "not a grid of the right shape";
    for (std::size_t r = 0; r < white.size(); ++r) {
      for (std::size_t c = 0; c < white[r].size(); ++c) {
        const std::string& cell = (*cells)[r][c];
        const bool digit = cell.size() == 1 && cell[0] >= '1' && cell[0] <= '9';
        if (white[r][c] == 1 && !digit) return Place(r, c) + " must be a digit from 1 to 9";
        if (white[r][c] == 0 && digit) return Place(r, c) + " is black";
      }
    }
    for (const auto& run : runs) {
      std::vector<int> values;
      int sum = 0;
      for (std::size_t i = 1; i < run.size(); i += 2) {
        values.push_back((*cells)[std::size_t(run[i])][std::size_t(run[i + 1])][0] - '0');
        sum += values.back();
      }
      if (sum != run[0])
        return "a run adds up to " + std::to_string(sum) + ", not " + std::to_string(run[0]);
      if (!AllDifferent(values)) return "a run repeats a digit";
    }
    return std::nullopt;
  };
}

// {"givens": [[0 for empty]]}: the numbers 1 to n*n once each, all lines and diagonals equal.
PuzzleCheck MakeMagicSquare(Fields& fields, const std::string&) {
  const auto givens = ReadNumberGrid(fields, "givens", 0, int(kMaxGridSide * kMaxGridSide));
  const std::size_t n = givens.size();
  if (givens[0].size() != n) fields.Refuse("givens", "must be square");
  return [givens, n](std::string_view answer) -> std::optional<std::string> {
    const auto grid = NumberGrid(answer, n, n);
    if (!grid) return "not a square of the right size";
    if (auto fault = GivensKept(givens, *grid)) return fault;
    std::vector<int> all;
    for (const auto& row : *grid) all.insert(all.end(), row.begin(), row.end());
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i] != int(i) + 1)
        return "the numbers 1 to " + std::to_string(n * n) + " must stand once each";
    }
    const int sum = int(n * (n * n + 1) / 2);
    int falling = 0;
    int rising = 0;
    for (std::size_t i = 0; i < n; ++i) {
      int row = 0;
      int column = 0;
      for (std::size_t j = 0; j < n; ++j) {
        row += (*grid)[i][j];
        column += (*grid)[j][i];
      }
      falling += (*grid)[i][i];
      rising += (*grid)[i][n - 1 - i];
      if (row != sum || column != sum)
        return "a row or column does not add up to " + std::to_string(sum);
    }
    if (falling != sum || rising != sum)
      return "a diagonal does not add up to " + std::to_string(sum);
    return std::nullopt;
  };
}

}  // namespace assay
