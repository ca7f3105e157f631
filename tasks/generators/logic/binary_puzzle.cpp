// Binary puzzles (takuzu): a full grid, cells taken away while one filling is left.
#include <algorithm>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

constexpr int kOpen = 2;

// Rows as bits: as many 0 as 1, no three equal neighbours.
std::vector<unsigned> Patterns(int n) {
  std::vector<unsigned> patterns;
  for (unsigned p = 0; p < 1U << n; ++p) {
    if (2 * __builtin_popcount(p) != n) continue;
    const unsigned q = ~p & ((1U << n) - 1);
    if ((p & p >> 1 & p >> 2) == 0 && (q & q >> 1 & q >> 2) == 0) patterns.push_back(p);
  }
  return patterns;
}

// Fills row by row from a list of row patterns, columns checked as bit sets.
class RowFiller {
 public:
  RowFiller(int n, std::vector<unsigned> patterns)
      : n_(n), all_((1U << n) - 1), patterns_(std::move(patterns)) {}

  // Fillings, up to `limit`; gives up with `limit` when the budget is spent. `first` is the first.
  int Count(const IntGrid& givens, int limit, std::vector<unsigned>* first) {
    known_.assign(std::size_t(n_), 0);
    ones_.assign(std::size_t(n_), 0);
    for (int r = 0; r < n_; ++r) {
      for (int c = 0; c < n_; ++c) {
        if (givens[r][c] == kOpen) continue;
        known_[r] |= 1U << c;
        ones_[r] |= unsigned(givens[r][c]) << c;
      }
    }
    rows_.clear();
    budget_ = 4000;
    first_ = first;
    return Rows(limit);
  }

 private:
  bool ColumnsHold() const {
    const std::size_t done = rows_.size();
    if (done >= 3) {
      const unsigned a = rows_[done - 1];
      const unsigned b = rows_[done - 2];
      const unsigned c = rows_[done - 3];
      if ((a & b & c) != 0 || (~a & ~b & ~c & all_) != 0) return false;
    }
    for (int column = 0; column < n_; ++column) {
      int ones = 0;
      for (const unsigned row : rows_) ones += int(row >> column & 1U);
      if (2 * ones > n_ || 2 * (int(done) - ones) > n_) return false;
    }
    return true;
  }
  bool ColumnsDiffer() const {
    std::set<unsigned> columns;
    for (int c = 0; c < n_; ++c) {
      unsigned column = 0;
      for (const unsigned row : rows_) column = column << 1 | (row >> c & 1U);
      columns.insert(column);
    }
    return int(columns.size()) == n_;
  }
  int Rows(int limit) {
    if (int(rows_.size()) == n_) {
      if (!ColumnsDiffer()) return 0;
      if (first_ != nullptr && first_->empty()) *first_ = rows_;
      return 1;
    }
    if (--budget_ < 0) return limit;
    int found = 0;
    const std::size_t row = rows_.size();
    for (const unsigned pattern : patterns_) {
      if ((pattern & known_[row]) != ones_[row]) continue;
      if (std::find(rows_.begin(), rows_.end(), pattern) != rows_.end()) continue;
      rows_.push_back(pattern);
      if (ColumnsHold()) found += Rows(limit - found);
      rows_.pop_back();
      if (found >= limit) break;
    }
    return found;
  }

  int n_;
  unsigned all_;
  std::vector<unsigned> patterns_;
  std::vector<unsigned> known_;
  std::vector<unsigned> ones_;
  std::vector<unsigned> rows_;
  std::vector<unsigned>* first_ = nullptr;
  int budget_ = 0;
};

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = level <= 2 ? 4 : level <= 6 ? 6 : 8;
  auto patterns = Patterns(n);
  rng.Shuffle(patterns);
  RowFiller filler(n, patterns);
  std::vector<unsigned> rows;
  const IntGrid open(std::size_t(n), std::vector<int>(std::size_t(n), kOpen));
  if (filler.Count(open, 1, &rows) == 0 || rows.empty()) return std::nullopt;
  IntGrid full = open;
  for (int r = 0; r < n; ++r) {
    for (int c = 0; c < n; ++c) full[r][c] = int(rows[r] >> c & 1U);
  }
  IntGrid givens = full;
  int left = n * n * ByLevel(level, 50, 72) / 100;
  for (const int cell : RandomOrder(rng, n * n)) {
    if (left == 0) break;
    int& value = givens[cell / n][cell % n];
    value = kOpen;
    if (filler.Count(givens, 2, nullptr) == 1) {
      --left;
    } else {
      value = full[cell / n][cell % n];
    }
  }

  Draft draft;
  const std::string grid = GridText(givens, ".", kOpen);
  Ask(rng, draft,
      Say(rng,
          {"Fill in the grid with 0 and 1. No three equal digits may stand side by side in a row "
           "or "
           "column, each row and each column has as many 0 as 1, no two rows are equal and no two "
           "columns are equal. Dots are empty cells.\n\n{grid}",
           "Replace each dot by 0 or 1 such that every row and column holds equally many of both, "
           "nowhere three in a line (across or down) are the same, and all rows differ from each "
           "other, as do all columns.\n\n{grid}",
           "A binary puzzle: complete the grid with zeros and ones. Rules: half of each row and "
           "column is 1; at most two equal digits in succession; rows are pairwise different, "
           "columns too.\n\n{grid}"},
          {{"grid", grid}}),
      AnswerForm::kBlock, "the full grid, one row a line, digits separated by blanks,");
  draft.reference = GridText(full, ".", kOpen);
  draft.verifier = LogicSpec("binary_grid", {{"givens", givens}});
  draft.tags = {"grid", "constraints"};
  draft.fingerprint = grid;
  IntGrid swapped = full;
  std::swap(swapped[0], swapped[1]);
  draft.near_misses = {GridText(swapped, ".", kOpen)};
  for (const char* digit : {"0", "1"}) {
    const auto filled = GridText(givens, digit, kOpen);
    if (filled != draft.reference) draft.near_misses.push_back(filled);
  }
  draft.params = {{"givens", givens}};
  return draft;
}

// Cell by cell in reading order, each line looked at as text.
bool LineHolds(const IntGrid& grid, int index, bool row) {
  const int n = int(grid.size());
  std::string line;
  for (int i = 0; i < n; ++i) line += char('0' + (row ? grid[index][i] : grid[i][index]));
  if (line.find("000") != std::string::npos || line.find("111") != std::string::npos) return false;
  return 2 * std::count(line.begin(), line.end(), '0') <= n &&
         2 * std::count(line.begin(), line.end(), '1') <= n;
}

bool AllLinesDiffer(const IntGrid& grid) {
  std::set<std::vector<int>> rows;
  std::set<std::vector<int>> columns;
  for (std::size_t c = 0; c < grid.size(); ++c) {
    std::vector<int> column;
    for (const auto& row : grid) column.push_back(row[c]);
    rows.insert(grid[c]);
    columns.insert(column);
  }
  return rows.size() == grid.size() && columns.size() == grid.size();
}

int CountCells(IntGrid& grid, int cell, IntGrid& solution) {
  const int n = int(grid.size());
  while (cell < n * n && grid[cell / n][cell % n] != kOpen) ++cell;
  if (cell == n * n) {
    if (!AllLinesDiffer(grid)) return 0;
    solution = grid;
    return 1;
  }
  int found = 0;
  for (int value = 0; value < 2 && found < 2; ++value) {
    grid[cell / n][cell % n] = value;
    if (LineHolds(grid, cell / n, true) && LineHolds(grid, cell % n, false)) {
      found += CountCells(grid, cell + 1, solution);
    }
  }
  grid[cell / n][cell % n] = kOpen;
  return found;
}

std::optional<std::string> Prove(const Draft& draft) {
  auto grid = draft.params["givens"].get<IntGrid>();
  IntGrid solution;
  if (CountCells(grid, 0, solution) != 1) return "the grid has no filling or several";
  if (GridText(solution, ".", kOpen) != draft.reference) return "another filling was found";
  return std::nullopt;
}

}  // namespace

Family BinaryPuzzle() {
  return {
      "binary_puzzle",
      "logic",
      "Fill a grid with 0 and 1 under balance rules",
      "Binairo (De Schepper and Coussement, 2009); De Biasi, Binary puzzle is NP-complete, 2012",
      Generate,
      Prove};
}

}  // namespace assay
