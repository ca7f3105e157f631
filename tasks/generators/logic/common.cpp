#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// Candidates of open cells from bit sets of rows, columns, boxes and diagonals.
class LatinCounter {
 public:
  LatinCounter(IntGrid grid, const LatinRules& rules)
      : grid_(std::move(grid)),
        rules_(rules),
        n_(int(grid_.size())),
        rows_(grid_.size(), 0),
        columns_(grid_.size(), 0),
        boxes_(grid_.size(), 0) {
    for (int r = 0; r < n_; ++r) {
      for (int c = 0; c < n_; ++c) {
        if (grid_[r][c] != 0) Toggle(r, c, grid_[r][c]);
      }
    }
  }

  // `budget` counts cells tried; when it is spent the count is given up.
  int Count(int limit, IntGrid* first, int& budget) {
    if (--budget < 0) return limit;
    int row = -1;
    int column = -1;
    unsigned values = Tightest(row, column);
    if (row < 0) {
      if (first != nullptr && first->empty()) *first = grid_;
      return 1;
    }
    int found = 0;
    for (; values != 0 && found < limit; values &= values - 1) {
      const int value = __builtin_ctz(values);
      grid_[row][column] = value;
      Toggle(row, column, value);
      found += Count(limit - found, first, budget);
      Toggle(row, column, value);
    }
    grid_[row][column] = 0;
    return found;
  }

  unsigned Candidates(int r, int c) const {
    unsigned taken = rows_[r] | columns_[c];
    if (rules_.box_rows > 0) taken |= boxes_[Box(r, c)];
    if (rules_.diagonals && r == c) taken |= falling_;
    if (rules_.diagonals && r + c == n_ - 1) taken |= rising_;
    unsigned open = ((2U << n_) - 2) & ~taken;
    for (const auto& pair : rules_.less) {
      if (pair[0] == r && pair[1] == c && grid_[pair[2]][pair[3]] != 0) {
        open &= (1U << grid_[pair[2]][pair[3]]) - 1;
      }
      if (pair[2] == r && pair[3] == c && grid_[pair[0]][pair[1]] != 0) {
        open &= ~((2U << grid_[pair[0]][pair[1]]) - 1);
      }
    }
    return open;
  }

 private:
  int Box(int r, int c) const {
    return r / rules_.box_rows * rules_.box_rows + c / rules_.box_columns;
  }
  void Toggle(int r, int c, int value) {
    const unsigned bit = 1U << value;
    rows_[r] ^= bit;
    columns_[c] ^= bit;
    if (rules_.box_rows > 0) boxes_[Box(r, c)] ^= bit;
    if (rules_.diagonals && r == c) falling_ ^= bit;
    if (rules_.diagonals && r + c == n_ - 1) rising_ ^= bit;
  }
  // The open cell with the fewest candidates, and those.
  unsigned Tightest(int& row, int& column) const {
    unsigned best = 0;
    int fewest = n_ + 1;
    for (int r = 0; r < n_; ++r) {
      for (int c = 0; c < n_; ++c) {
        if (grid_[r][c] != 0) continue;
        const unsigned here = Candidates(r, c);
        const int size = __builtin_popcount(here);
        if (size >= fewest) continue;
        best = here;
        fewest = size;
        row = r;
        column = c;
        if (size <= 1) return best;
      }
    }
    return best;
  }

  IntGrid grid_;
  const LatinRules& rules_;
  int n_;
  std::vector<unsigned> rows_;
  std::vector<unsigned> columns_;
  std::vector<unsigned> boxes_;
  unsigned falling_ = 0;
  unsigned rising_ = 0;
};

}  // namespace

bool LatinAllows(const IntGrid& grid, const LatinRules& rules, int row, int column, int value) {
  return (LatinCounter(grid, rules).Candidates(row, column) >> value & 1U) != 0;
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
  return LatinCounter(std::move(grid), rules).Count(limit, first, budget);
}

}  // namespace assay
