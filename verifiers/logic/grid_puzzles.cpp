// Puzzles whose answer is a grid.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr std::size_t kMaxSide = 32;
using Numbers = IntLists;

// A rectangular array of whole numbers under `key`.
Numbers ReadNumbers(Fields& fields, const char* key, int low, int high) {
  const Json& rows = fields.Array(key);
  Numbers grid;
  bool fine = rows.is_array() && !rows.empty() && rows.size() <= kMaxSide;
  for (std::size_t r = 0; fine && r < rows.size(); ++r) {
    fine = rows[r].is_array() && !rows[r].empty() && rows[r].size() <= kMaxSide &&
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

std::optional<std::string> GivensKept(const Numbers& givens, const Numbers& grid) {
  for (std::size_t r = 0; r < givens.size(); ++r) {
    for (std::size_t c = 0; c < givens[r].size(); ++c) {
      if (givens[r][c] != 0 && givens[r][c] != grid[r][c]) {
        return "the given number in " + Place(r, c) + " was changed";
      }
    }
  }
  return std::nullopt;
}

struct Latin {
  Numbers givens;
  std::size_t box_rows = 0;  // 0: no boxes
  std::size_t box_columns = 0;
  bool diagonals = false;
  Numbers less;  // {row, column, row, column}: the first cell is smaller

  std::optional<std::string> RowsAndColumns(const Numbers& grid) const {
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

  std::optional<std::string> Regions(const Numbers& grid) const {
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
std::optional<Numbers> Marks(std::string_view answer, std::size_t rows, std::size_t columns) {
  const auto cells = Grid(answer, rows, columns);
  if (!cells) return std::nullopt;
  Numbers marks;
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

// "(1, 2), (3, 4)" as pairs counted from 1, all different and inside the grid.
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

}  // namespace

// {"givens": [[0 for empty]], "box_rows": 3, "box_columns": 3, "diagonals": true, "less": [[r, c,
// r, c]]}
PuzzleCheck MakeLatin(Fields& fields, const std::string&) {
  Latin latin;
  latin.givens = ReadNumbers(fields, "givens", 0, int(kMaxSide));
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
  const auto white = ReadNumbers(fields, "white", 0, 1);
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

// {"rows": [[runs]], "columns": [[runs]]}
PuzzleCheck MakeNonogram(Fields& fields, const std::string&) {
  const auto rows = ReadIntLists(fields, "rows", 0, 100'000);
  const auto columns = ReadIntLists(fields, "columns", 0, 100'000);
  if (rows.empty() || columns.empty() || rows.size() > kMaxSide || columns.size() > kMaxSide) {
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

// {"size": n, "fixed": [[row, column]] from 0}; the answer gives the column of each row, from 1.
PuzzleCheck MakeQueens(Fields& fields, const std::string&) {
  const auto n = fields.Int("size", 1, int(kMaxSide));
  const auto fixed = ReadIntLists(fields, "fixed", 0, 100'000);
  for (const auto& queen : fixed) {
    if (queen.size() != 2 || queen[0] >= n || queen[1] >= n) {
      fields.Refuse("fixed", "expected [row, column] inside the board");
      return nullptr;
    }
  }
  return [n, fixed](std::string_view answer) -> std::optional<std::string> {
    const auto columns = WholeNumbers(answer);
    if (!columns || std::int64_t(columns->size()) != n) {
      return "expected " + std::to_string(n) + " column numbers";
    }
    for (std::size_t r = 0; r < columns->size(); ++r) {
      const auto c = (*columns)[r];
      if (c < 1 || c > n) return "column " + std::to_string(c) + " does not exist";
      for (std::size_t s = 0; s < r; ++s) {
        const auto d = (*columns)[s];
        if (c == d || std::abs(c - d) == std::int64_t(r - s)) return "two queens attack each other";
      }
    }
    for (const auto& queen : fixed) {
      if ((*columns)[std::size_t(queen[0])] != queen[1] + 1) return "a given queen was moved";
    }
    return std::nullopt;
  };
}

// {"clues": [[number of mines around, -1 hidden]], "mines": total}; the answer lists mines as
// (row, column) from 1.
PuzzleCheck MakeMines(Fields& fields, const std::string&) {
  const auto clues = ReadNumbers(fields, "clues", -1, 8);
  const auto total = fields.Int("mines", 0, 1024);
  return [clues, total](std::string_view answer) -> std::optional<std::string> {
    const auto cells = Cells(answer, clues.size(), clues[0].size());
    if (!cells) return "not a list of different cells of the field";
    if (std::int64_t(cells->size()) != total) return "not " + std::to_string(total) + " mines";
    Numbers around(clues.size(), std::vector<int>(clues[0].size(), 0));
    for (const auto& [row, column] : *cells) {
      if (clues[row][column] >= 0) return Place(row, column) + " is open, not a mine";
      for (std::size_t r = row > 0 ? row - 1 : 0; r <= std::min(row + 1, clues.size() - 1); ++r) {
        for (std::size_t c = column > 0 ? column - 1 : 0;
             c <= std::min(column + 1, clues[0].size() - 1); ++c) {
          ++around[r][c];
        }
      }
    }
    for (std::size_t r = 0; r < clues.size(); ++r) {
      for (std::size_t c = 0; c < clues[r].size(); ++c) {
        if (clues[r][c] >= 0 && clues[r][c] != around[r][c]) {
          return "the number in " + Place(r, c) + " is not met";
        }
      }
    }
    return std::nullopt;
  };
}

// {"lamps": [[0 or 1]], "most": presses}: pressing a lamp toggles it and its neighbours; all must
// be off in the end. The answer lists pressed lamps as (row, column) from 1.
PuzzleCheck MakeLights(Fields& fields, const std::string&) {
  const auto lamps = ReadNumbers(fields, "lamps", 0, 1);
  const auto most = fields.Int("most", 0, 1024);
  return [lamps, most](std::string_view answer) -> std::optional<std::string> {
    const auto cells = Cells(answer, lamps.size(), lamps[0].size());
    if (!cells) return "not a list of different lamps";
    if (std::int64_t(cells->size()) > most) return "more than " + std::to_string(most) + " presses";
    Numbers state = lamps;
    for (const auto& [row, column] : *cells) {
      state[row][column] ^= 1;
      if (row > 0) state[row - 1][column] ^= 1;
      if (column > 0) state[row][column - 1] ^= 1;
      if (row + 1 < state.size()) state[row + 1][column] ^= 1;
      if (column + 1 < state[0].size()) state[row][column + 1] ^= 1;
    }
    for (std::size_t r = 0; r < state.size(); ++r) {
      for (std::size_t c = 0; c < state[r].size(); ++c) {
        if (state[r][c] != 0) return "the lamp in " + Place(r, c) + " stays on";
      }
    }
    return std::nullopt;
  };
}

// {"givens": [[0 for empty]]}: the numbers 1 to n*n once each, all lines and diagonals equal.
PuzzleCheck MakeMagicSquare(Fields& fields, const std::string&) {
  const auto givens = ReadNumbers(fields, "givens", 0, int(kMaxSide * kMaxSide));
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

// Takuzu: {"givens": [[0, 1, or 2 for empty]]}: no three equal neighbours in a line, as many 0 as 1
// in each line, no two equal rows or columns.
PuzzleCheck MakeBinaryGrid(Fields& fields, const std::string&) {
  const auto givens = ReadNumbers(fields, "givens", 0, 2);
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
