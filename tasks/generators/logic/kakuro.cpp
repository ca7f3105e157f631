// Kakuro: digits in crossing runs with given sums; as many digits are given as uniqueness needs.
#include <algorithm>

#include "tasks/generators/logic/kakuro_board.h"

namespace assay {
namespace {

std::optional<KakuroBoard> MakeBoard(Rng& rng, int level) {
  KakuroBoard board;
  board.height = ByLevel(level, 2, 5);
  board.width = ByLevel(level, 3, 5);
  board.white.assign(std::size_t(board.height * board.width), true);
  const int black = board.height < 3 ? 0 : ByLevel(level, 0, 5);
  for (int i = 0; i < black; ++i) {
    board.white[rng.Int(0, std::int64_t(board.white.size()) - 1)] = false;
  }
  if (!FindKakuroRuns(board)) return std::nullopt;
  return board;
}

// Gives digits in cells where two fillings differ until one is left.
std::optional<std::vector<int>> Givens(Rng& rng, const KakuroBoard& board,
                                       const std::vector<int>& full) {
  std::vector<int> givens(full.size(), 0);
  const auto white = std::count(board.white.begin(), board.white.end(), true);
  for (int given = 0; given <= white / 3; ++given) {
    std::vector<std::vector<int>> found;
    KakuroFiller filler(board, true);
    const int count = filler.Count(givens, 2, found);
    if (count == 1) return givens;
    if (filler.spent() || count == 0) return std::nullopt;
    std::vector<int> differ;
    for (int cell = 0; cell < int(full.size()); ++cell) {
      if (found[0][cell] != found[1][cell]) differ.push_back(cell);
    }
    const int cell = rng.Pick(differ);
    givens[cell] = full[cell];
  }
  return std::nullopt;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  std::optional<KakuroBoard> board;
  for (int tries = 0; tries < 30 && !board; ++tries) board = MakeBoard(rng, level);
  if (!board) return std::nullopt;
  std::vector<std::vector<int>> fillings;
  const std::vector<int> empty(board->white.size(), 0);
  if (KakuroFiller(*board, false).Count(empty, 1, fillings, &rng) == 0 || fillings.empty())
    return std::nullopt;
  const auto full = fillings[0];
  for (KakuroRun& run : board->runs) {
    for (const int cell : run.cells) run.sum += full[cell];
  }
  const auto givens = Givens(rng, *board, full);
  if (!givens) return std::nullopt;

  Draft draft;
  const std::string text = KakuroGrid(*board, *givens) + "\n\n" + KakuroRuns(*board);
  Ask(rng, draft,
      Say(rng,
          {"A kakuro: put a digit from 1 to 9 on each dot. Below the grid, the sum of each run of "
           "cells is given by its first and last cell as (row,column), counted from 1 at the upper "
           "left. No digit repeats within a run. # cells stay as they are, and so do given "
           "digits.\n\n{grid}",
           "Replace the dots by digits 1 to 9 so that the cells from one listed place to the other "
           "are all different and have the listed sum. Places are (row,column), from 1, starting "
           "at the upper left; # is blocked.\n\n{grid}",
           "Fill the white cells (dots) of this cross-sum grid. Every run listed below must "
           "contain different digits between 1 and 9 with the sum behind the colon; a run is named "
           "by its two ends, (row,column) with 1 for the first.\n\n{grid}"},
          {{"grid", text}}),
      AnswerForm::kBlock, "the full grid, one row a line, cells separated by blanks, # kept,");
  draft.reference = KakuroGrid(*board, full);
  draft.verifier = LogicSpec("run_sums", KakuroData(*board, *givens));
  draft.tags = {"grid", "arithmetic"};
  draft.fingerprint = text;
  std::vector<int> same = full;
  std::replace_if(
      same.begin(), same.end(), [](int d) { return d > 0; }, 1);
  draft.near_misses = {KakuroGrid(*board, same)};
  draft.params = {{"height", board->height}, {"width", board->width}, {"givens", *givens}};
  draft.params["white"] = board->white;
  return draft;
}

// Cell by cell in reading order, with what rows and columns still need; sums are checked at the end
// of a run.
int CountPlain(const KakuroBoard& board, std::vector<int>& digits, const std::vector<int>& givens,
               std::size_t cell, std::vector<int>& solution) {
  while (cell < digits.size() && !board.white[cell]) ++cell;
  if (cell == digits.size()) {
    solution = digits;
    return 1;
  }
  int found = 0;
  for (int d = 1; d <= 9 && found < 2; ++d) {
    if (givens[cell] != 0 && givens[cell] != d) continue;
    bool fits = true;
    for (const int index : board.runs_of[cell]) {
      const KakuroRun& run = board.runs[index];
      int sum = d;
      for (const int other : run.cells) {
        if (other >= int(cell)) break;
        fits = fits && digits[other] != d;
        sum += digits[other];
      }
      fits = fits && (run.cells.back() == int(cell) ? sum == run.sum : sum < run.sum);
    }
    if (!fits) continue;
    digits[cell] = d;
    found += CountPlain(board, digits, givens, cell + 1, solution);
  }
  digits[cell] = 0;
  return found;
}

std::optional<std::string> Prove(const Draft& draft) {
  KakuroBoard board;
  board.height = draft.params["height"].get<int>();
  board.width = draft.params["width"].get<int>();
  board.white = draft.params["white"].get<std::vector<bool>>();
  if (!FindKakuroRuns(board)) return "a cell stands in no two runs";
  const Json& runs = draft.verifier["runs"];
  for (std::size_t i = 0; i < board.runs.size(); ++i) board.runs[i].sum = runs[i][0].get<int>();
  std::vector<int> digits(board.white.size(), 0);
  std::vector<int> solution;
  const auto givens = draft.params["givens"].get<std::vector<int>>();
  if (CountPlain(board, digits, givens, 0, solution) != 1) return "it has no filling or several";
  if (KakuroGrid(board, solution) != draft.reference) return "another filling was found";
  return std::nullopt;
}

}  // namespace

Family Kakuro() {
  return {"kakuro",
          "logic",
          "Crossing runs of digits with given sums",
          "Funk, Cross Sums (Dell Magazines, 1950); Seta, The complexity of kakuro, 2002",
          Generate,
          Prove};
}

}  // namespace assay
