// Magic squares with cells taken away.
#include <algorithm>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// Each bit of a number is a parity of bits of row and column, and its row part, its column part and
// their sum are not zero: so each bit is balanced on every row, column and diagonal.
std::optional<IntGrid> SquareOf4(Rng& rng) {
  IntGrid square(4, std::vector<int>(4, 0));
  const int offset = int(rng.Int(0, 15));
  for (int bit = 0; bit < 4; ++bit) {
    const int row_part = int(rng.Int(1, 3));
    int column_part = int(rng.Int(1, 2));
    if (column_part >= row_part) ++column_part;
    for (int r = 0; r < 4; ++r) {
      for (int c = 0; c < 4; ++c) {
        const int parity = __builtin_popcount(unsigned(r & row_part)) +
                           __builtin_popcount(unsigned(c & column_part));
        square[r][c] |= (parity & 1) << bit;
      }
    }
  }
  std::set<int> different;
  for (auto& row : square) {
    for (int& value : row) {
      value = (value ^ offset) + 1;
      different.insert(value);
    }
  }
  if (different.size() != 16) return std::nullopt;  // the parities depend on each other
  return square;
}

// Two orthogonal Latin squares of order 5 whose diagonals hold every symbol, as digits.
IntGrid SquareOf5(Rng& rng) {
  const auto high = RandomOrder(rng, 5);
  const auto low = RandomOrder(rng, 5);
  const int turn = int(rng.Int(0, 1));
  IntGrid square(5, std::vector<int>(5, 0));
  for (int r = 0; r < 5; ++r) {
    for (int c = 0; c < 5; ++c) {
      const int first = (turn == 0 ? r + 2 * c : 2 * r + c) % 5;
      const int second = (turn == 0 ? 2 * r + c : r + 2 * c) % 5;
      square[r][c] = 5 * high[first] + low[second] + 1;
    }
  }
  return square;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = level <= 6 ? 4 : 5;
  const auto full = n == 4 ? SquareOf4(rng) : SquareOf5(rng);
  if (!full) return std::nullopt;
  const int open = n == 4 ? 4 + level : 10 + 2 * (level - 7);
  IntGrid givens = *full;
  const auto order = RandomOrder(rng, n * n);
  for (int i = 0; i < open; ++i) givens[order[i] / n][order[i] % n] = 0;

  Draft draft;
  const std::string grid = GridText(givens);
  const Slots slots = {{"grid", grid},
                       {"n", std::to_string(n)},
                       {"last", std::to_string(n * n)},
                       {"sum", std::to_string(n * (n * n + 1) / 2)}};
  Ask(rng, draft,
      Say(rng,
          {"Complete this magic square: it holds each number from 1 to {last} once, and every row, "
           "every column and both long diagonals add up to {sum}. Dots are empty "
           "cells.\n\n{grid}",
           "Replace the dots by numbers so that the numbers 1 to {last} stand once each and all "
           "rows, columns and the two diagonals have the sum {sum}.\n\n{grid}",
           "Part of a {n} by {n} magic square has faded. It used each of the numbers 1 to {last} "
           "exactly once, with the same sum in each row, column and long diagonal. Restore a "
           "square that fits.\n\n{grid}"},
          slots),
      AnswerForm::kBlock, "the full square, one row a line, numbers separated by blanks,");
  draft.reference = GridText(*full);
  draft.verifier = LogicSpec("magic_square", {{"givens", givens}});
  draft.tags = {"grid", "arithmetic"};
  draft.fingerprint = grid;
  draft.unique = false;
  IntGrid swapped = *full;  // of two open cells' numbers one line's sum at least changes
  std::swap(swapped[order[0] / n][order[0] % n], swapped[order[1] / n][order[1] % n]);
  draft.near_misses = {GridText(swapped), GridText(givens, "1")};
  draft.params = {{"givens", givens}, {"full", *full}};
  return draft;
}

// The definition, on the finished square.
std::optional<std::string> Prove(const Draft& draft) {
  const auto full = draft.params["full"].get<IntGrid>();
  const auto givens = draft.params["givens"].get<IntGrid>();
  const int n = int(full.size());
  std::vector<int> sums(std::size_t(2 * n + 2), 0);
  std::vector<bool> seen(std::size_t(n * n + 1), false);
  for (int r = 0; r < n; ++r) {
    for (int c = 0; c < n; ++c) {
      const int value = full[r][c];
      if (value < 1 || value > n * n || seen[value]) return "not every number stands once";
      if (givens[r][c] != 0 && givens[r][c] != value) return "a given number was changed";
      seen[value] = true;
      sums[r] += value;
      sums[n + c] += value;
      if (r == c) sums[2 * n] += value;
      if (r + c == n - 1) sums[2 * n + 1] += value;
    }
  }
  if (std::count(sums.begin(), sums.end(), sums[0]) != std::ptrdiff_t(sums.size())) {
    return "the sums differ";
  }
  return std::nullopt;
}

}  // namespace

Family MagicSquare() {
  return {"magic_square",
          "logic",
          "Complete a magic square",
          "Frenicle de Bessy, Des quarrez ou tables magiques, 1693",
          Generate,
          Prove};
}

}  // namespace assay
