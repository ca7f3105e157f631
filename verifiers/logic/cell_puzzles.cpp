// Queens, mines and lamps: the answer names cells.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/grid_data.h"
#include "verifiers/logic/puzzle.h"

namespace assay {

// {"size": n, "fixed": [[row, column]] from 0}; the answer gives the column of each row, from 1.
PuzzleCheck MakeQueens(Fields& fields, const std::string&) {
  const auto n = fields.Int("size", 1, int(kMaxGridSide));
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
  const auto clues = ReadNumberGrid(fields, "clues", -1, 8);
  const auto total = fields.Int("mines", 0, 1024);
  return [clues, total](std::string_view answer) -> std::optional<std::string> {
    const auto cells = Cells(answer, clues.size(), clues[0].size());
    if (!cells) return "not a list of different cells of the field";
    if (std::int64_t(cells->size()) != total) return "not " + std::to_string(total) + " mines";
    IntLists around(clues.size(), std::vector<int>(clues[0].size(), 0));
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
  const auto lamps = ReadNumberGrid(fields, "lamps", 0, 1);
  const auto most = fields.Int("most", 0, 1024);
  return [lamps, most](std::string_view answer) -> std::optional<std::string> {
    const auto cells = Cells(answer, lamps.size(), lamps[0].size());
    if (!cells) return "not a list of different lamps";
    if (std::int64_t(cells->size()) > most) return "more than " + std::to_string(most) + " presses";
    IntLists state = lamps;
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

}  // namespace assay
