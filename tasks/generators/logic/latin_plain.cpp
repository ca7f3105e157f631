#include "tasks/generators/logic/latin_plain.h"

#include <algorithm>

namespace assay {
namespace {

// Cell by cell in reading order with bit sets: no ordering heuristic, no shared code.
class Plain {
 public:
  explicit Plain(const Json& params)
      : grid_(params["givens"].get<IntGrid>()),
        n_(int(grid_.size())),
        box_rows_(params["box_rows"].get<int>()),
        box_columns_(params["box_columns"].get<int>()),
        diagonals_(params["diagonals"].get<bool>()),
        less_(params["less"].get<IntGrid>()),
        rows_(n_),
        columns_(n_),
        boxes_(n_) {
    for (int r = 0; r < n_; ++r) {
      for (int c = 0; c < n_; ++c) {
        if (grid_[r][c] == 0) continue;
        clash_ = clash_ || (Taken(r, c) >> grid_[r][c] & 1U) != 0;
        Toggle(r, c, grid_[r][c]);
      }
    }
  }

  // Solutions, up to 2; `solution` is the last one.
  int Count(IntGrid& solution, int cell = 0) {
    if (clash_) return 0;
    while (cell < n_ * n_ && grid_[cell / n_][cell % n_] != 0) ++cell;
    if (cell == n_ * n_) {
      solution = grid_;
      return 1;
    }
    const int r = cell / n_;
    const int c = cell % n_;
    int found = 0;
    for (int v = 1; v <= n_ && found < 2; ++v) {
      if ((Taken(r, c) >> v & 1U) != 0) continue;
      grid_[r][c] = v;
      if (SignsHold()) {
        Toggle(r, c, v);
        found += Count(solution, cell + 1);
        Toggle(r, c, v);
      }
      grid_[r][c] = 0;
    }
    return found;
  }

 private:
  int Box(int r, int c) const {
    return box_rows_ == 0 ? r : r / box_rows_ * box_rows_ + c / box_columns_;
  }
  unsigned Taken(int r, int c) const {
    return rows_[r] | columns_[c] | boxes_[Box(r, c)] | Diagonals(r, c);
  }
  unsigned Diagonals(int r, int c) const {
    if (!diagonals_) return 0;
    return (r == c ? falling_ : 0U) | (r + c == n_ - 1 ? rising_ : 0U);
  }
  void Toggle(int r, int c, int v) {
    const unsigned bit = 1U << v;
    rows_[r] ^= bit;
    columns_[c] ^= bit;
    if (box_rows_ > 0) boxes_[Box(r, c)] ^= bit;
    if (diagonals_ && r == c) falling_ ^= bit;
    if (diagonals_ && r + c == n_ - 1) rising_ ^= bit;
  }
  bool SignsHold() const {
    return std::all_of(less_.begin(), less_.end(), [&](const auto& p) {
      const int low = grid_[p[0]][p[1]];
      const int high = grid_[p[2]][p[3]];
      return low == 0 || high == 0 || low < high;
    });
  }

  IntGrid grid_;
  int n_;
  int box_rows_;
  int box_columns_;
  bool diagonals_;
  IntGrid less_;
  std::vector<unsigned> rows_;
  std::vector<unsigned> columns_;
  std::vector<unsigned> boxes_;
  unsigned falling_ = 0;
  unsigned rising_ = 0;
  bool clash_ = false;  // between given cells
};

}  // namespace

int CountLatinPlainly(const Json& puzzle, IntGrid& solution) {
  return Plain(puzzle).Count(solution);
}

}  // namespace assay
