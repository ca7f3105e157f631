// N queens of which some stand already.
#include <algorithm>
#include <cstdlib>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// Rows from `row` on, columns tried in a random order for each row.
bool Place(Rng& rng, int n, std::vector<int>& columns, int& budget) {
  if (int(columns.size()) == n) return true;
  if (--budget < 0) return false;
  const int row = int(columns.size());
  for (const int c : RandomOrder(rng, n)) {
    bool free = true;
    for (int r = 0; r < row; ++r) {
      free = free && columns[r] != c && std::abs(columns[r] - c) != row - r;
    }
    if (!free) continue;
    columns.push_back(c);
    if (Place(rng, n, columns, budget)) return true;
    columns.pop_back();
  }
  return false;
}

std::string BoardText(int n, const IntGrid& fixed) {
  std::string text;
  for (int r = 0; r < n; ++r) {
    std::string row;
    for (int c = 0; c < n; ++c) {
      const bool queen = std::find(fixed.begin(), fixed.end(), std::vector{r, c}) != fixed.end();
      row += std::string(c > 0 ? " " : "") + (queen ? 'Q' : '.');
    }
    text += (r > 0 ? "\n" : "") + row;
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = ByLevel(level, 8, 14);
  std::vector<int> columns;
  int budget = 500;
  if (!Place(rng, n, columns, budget)) return std::nullopt;
  const int count = level <= 3 ? 2 : n / 3;
  IntGrid fixed;
  for (const int row : RandomOrder(rng, n)) {
    if (int(fixed.size()) < count) fixed.push_back({row, columns[row]});
  }
  std::sort(fixed.begin(), fixed.end());

  Draft draft;
  const std::string board = BoardText(n, fixed);
  Ask(rng, draft,
      Say(rng,
          {"Some queens (Q) stand on a {n} by {n} board. Add queens so that there are {n} of them "
           "and no two share a row, a column or a diagonal. The given queens stay.\n\n{board}",
           "Complete this position to {n} queens on the {n} by {n} board, none attacking another "
           "(rows, columns and diagonals), without moving the queens that are there.\n\n{board}",
           "Each row of this {n} by {n} board needs exactly one queen, and no two queens may stand "
           "in the same column or on the same diagonal. The queens marked Q are placed already. "
           "Where do the others go?\n\n{board}"},
          {{"n", std::to_string(n)}, {"board", board}}),
      AnswerForm::kLine,
      "the column of the queen of each row, counted from 1 at the left, from the top row to the "
      "bottom row, separated by commas");
  std::vector<int> from_1;
  for (const int c : columns) from_1.push_back(c + 1);
  draft.reference = Numbers(from_1);
  draft.verifier = LogicSpec("queens", {{"size", n}, {"fixed", fixed}});
  draft.tags = {"grid", "constraints"};
  draft.fingerprint = board;
  draft.unique = false;
  auto moved = from_1;
  std::swap(moved[fixed[0][0]], moved[(fixed[0][0] + 1) % n]);
  auto doubled = from_1;
  doubled.back() = doubled.front();
  draft.near_misses = {Numbers(moved), Numbers(doubled),
                       Numbers(std::vector<int>(from_1.begin() + 1, from_1.end()))};
  draft.params = {{"size", n}, {"fixed", fixed}, {"columns", from_1}};
  return draft;
}

// Whether the open rows can be filled: bits of columns and diagonals under attack.
bool Completes(int n, const std::vector<int>& given, int row, unsigned columns, unsigned falling,
               unsigned rising) {
  if (row == n) return true;
  const unsigned taken = columns | falling | rising;
  for (int c = 0; c < n; ++c) {
    if ((taken >> c & 1U) != 0 || (given[row] >= 0 && given[row] != c)) continue;
    const unsigned bit = 1U << c;
    const unsigned all = (1U << n) - 1;
    if (Completes(n, given, row + 1, columns | bit, ((falling | bit) << 1) & all,
                  (rising | bit) >> 1)) {
      return true;
    }
  }
  return false;
}

// The reference by sums and differences, and the existence of a completion by bit sets.
std::optional<std::string> Prove(const Draft& draft) {
  const int n = draft.params["size"].get<int>();
  const auto columns = draft.params["columns"].get<std::vector<int>>();
  std::vector<int> seen(std::size_t(5 * n), 0);
  for (int r = 0; r < n; ++r) {
    for (const int line : {columns[r] - 1, n + r + columns[r] - 1, 4 * n + r - columns[r]}) {
      if (seen[line]++ > 0) return "two queens attack each other";
    }
  }
  std::vector<int> given(std::size_t(n), -1);
  for (const auto& queen : draft.params["fixed"].get<IntGrid>()) {
    if (columns[queen[0]] != queen[1] + 1) return "a given queen was moved";
    given[queen[0]] = queen[1];
  }
  if (!Completes(n, given, 0, 0, 0, 0)) return "no completion was found";
  return std::nullopt;
}

}  // namespace

Family QueensCompletion() {
  return {"queens_completion",
          "logic",
          "Complete a placement of n queens",
          "Bezzel, 1848; Gent, Jefferson and Nightingale, Complexity of n-queens completion, 2017",
          Generate,
          Prove};
}

}  // namespace assay
