// tasks/generators/logic/common.h -- What several logic families share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {

using IntGrid = std::vector<std::vector<int>>;

// {"kind": "logic", "puzzle": puzzle, …data}
Json LogicSpec(const char* puzzle, Json data = Json::object());
// Rows of numbers with blanks between; `empty` stands for `empty_value`.
std::string GridText(const IntGrid& grid, const std::string& empty = ".", int empty_value = 0);
// "1, 2, 3".
std::string Numbers(const std::vector<int>& numbers, const std::string& between = ", ");
// 0 … count - 1 in random order.
std::vector<int> RandomOrder(Rng& rng, int count);
// "A", "B", …, at most 26.
std::vector<std::string> LetterNames(int count);

struct LatinRules {
  int box_rows = 0;  // 0: no boxes
  int box_columns = 0;
  bool diagonals = false;
  std::vector<std::vector<int>> less;  // {row, column, row, column}
};
// Whether `value` breaks no rule in the open cell.
bool LatinAllows(const IntGrid& grid, const LatinRules& rules, int row, int column, int value);
// Counts fillings of a Latin square with constraints, up to `limit`; cells are 0 where open.
// Gives up with `limit` after 20,000 cells; `first` is then empty.
int CountLatin(IntGrid grid, const LatinRules& rules, int limit, IntGrid* first = nullptr);

}  // namespace assay
