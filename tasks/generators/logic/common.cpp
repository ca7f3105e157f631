#include "tasks/generators/logic/common.h"

#include <algorithm>

namespace assay {
namespace {

bool Allowed(const IntGrid& grid, const LatinRules& rules, int row, int column, int value) {
  const int n = int(grid.size());
  for (int i = 0; i < n; ++i) {
    if (grid[row][i] == value || grid[i][column] == value) return false;
  }
  if (rules.box_rows > 0) {
    const int top = row / rules.box_rows * rules.box_rows;
    const int left = column / rules.box_columns * rules.box_columns;
    for (int i = 0; i < n; ++i) {
      if (grid[top + i / rules.box_columns][left + i % rules.box_columns] == value) return false;
    }
  }
  for (int i = 0; rules.diagonals && i < n; ++i) {
    if (row == column && grid[i][i] == value) return false;
    if (row + column == n - 1 && grid[i][n - 1 - i] == value) return false;
  }
  for (const auto& pair : rules.less) {
    const bool first = pair[0] == row && pair[1] == column;
    const bool second = pair[2] == row && pair[3] == column;
    const int low = first ? value : grid[pair[0]][pair[1]];
    const int high = second ? value : grid[pair[2]][pair[3]];
    if ((first || second) && low != 0 && high != 0 && low >= high) return false;
  }
  return true;
}

// The open cell with the fewest candidates; false when none is open.
bool Tightest(const IntGrid& grid, const LatinRules& rules, int& row, int& column,
              std::vector<int>& values) {
  const int n = int(grid.size());
  bool open = false;
  for (int r = 0; r < n; ++r) {
    for (int c = 0; c < n; ++c) {
      if (grid[r][c] != 0) continue;
      std::vector<int> here;
      for (int v = 1; v <= n; ++v) {
        if (Allowed(grid, rules, r, c, v)) here.push_back(v);
      }
      if (open && here.size() >= values.size()) continue;
      open = true;
      row = r;
      column = c;
      values = here;
      if (values.size() <= 1) return true;
    }
  }
  return open;
}

// `budget` counts cells tried; when it is spent the count is given up.
int Count(IntGrid& grid, const LatinRules& rules, int limit, IntGrid* first, int& budget) {
  if (--budget < 0) return limit;
  int row = 0;
  int column = 0;
  std::vector<int> values;
  if (!Tightest(grid, rules, row, column, values)) {
    if (first != nullptr && first->empty()) *first = grid;
    return 1;
  }
  int found = 0;
  for (const int value : values) {
    grid[row][column] = value;
    found += Count(grid, rules, limit - found, first, budget);
    if (found >= limit) break;
  }
  grid[row][column] = 0;
  return found;
}

}  // namespace

bool LatinAllows(const IntGrid& grid, const LatinRules& rules, int row, int column, int value) {
  return Allowed(grid, rules, row, column, value);
}

Json LogicSpec(const char* puzzle, Json data) {
  data["kind"] = "logic";
  data["puzzle"] = puzzle;
  return data;
}

std::string GridText(const IntGrid& grid, const std::string& empty, int empty_value) {
  std::string text;
  for (const auto& row : grid) {
    if (!text.empty()) text += "\n";
    for (std::size_t c = 0; c < row.size(); ++c) {
      text += (c == 0 ? "" : " ") + (row[c] == empty_value ? empty : std::to_string(row[c]));
    }
  }
  return text;
}

std::string Numbers(const std::vector<int>& numbers, const std::string& between) {
  std::string text;
  for (const int n : numbers) text += (text.empty() ? "" : between) + std::to_string(n);
  return text;
}

std::vector<int> RandomOrder(Rng& rng, int count) {
  std::vector<int> order;
  for (int i = 0; i < count; ++i) order.push_back(i);
  rng.Shuffle(order);
  return order;
}

std::vector<std::string> LetterNames(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.emplace_back(1, char('A' + i));
  return names;
}

int CountLatin(IntGrid grid, const LatinRules& rules, int limit, IntGrid* first) {
  int budget = 20'000;
  return Count(grid, rules, limit, first, budget);
}

}  // namespace assay
