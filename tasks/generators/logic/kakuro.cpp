// Kakuro: digits in crossing runs with given sums; as many digits are given as uniqueness needs.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct Run {
  int sum = 0;
  std::vector<int> cells;  // row * width + column
};

struct Board {
  int height = 0;
  int width = 0;
  std::vector<bool> white;
  std::vector<Run> runs;
  std::vector<std::vector<int>> runs_of;  // of each cell

  std::string Where(int cell) const {
    return "(" + std::to_string(cell / width + 1) + "," + std::to_string(cell % width + 1) + ")";
  }
};

// Maximal white stretches of at least two cells. False where a white cell stands in fewer than two.
bool FindRuns(Board& board) {
  board.runs.clear();
  board.runs_of.assign(board.white.size(), {});
  const auto scan = [&](int lines, int length, auto cell_at) {
    for (int line = 0; line < lines; ++line) {
      Run run;
      for (int i = 0; i <= length; ++i) {
        if (i < length && board.white[cell_at(line, i)]) {
          run.cells.push_back(cell_at(line, i));
          continue;
        }
        if (run.cells.size() >= 2) board.runs.push_back(run);
        run.cells.clear();
      }
    }
  };
  scan(board.height, board.width, [&](int line, int i) { return line * board.width + i; });
  scan(board.width, board.height, [&](int line, int i) { return i * board.width + line; });
  for (std::size_t r = 0; r < board.runs.size(); ++r) {
    for (const int cell : board.runs[r].cells) board.runs_of[cell].push_back(int(r));
  }
  for (std::size_t cell = 0; cell < board.white.size(); ++cell) {
    if (board.white[cell] && board.runs_of[cell].size() != 2) return false;
  }
  return !board.runs.empty();
}

// Fills the open cells with the fewest candidates first.
class Filler {
 public:
  Filler(const Board& board, bool sums) : board_(board), sums_(sums) {}

  // Fillings of the cells that are 0, up to `limit`, kept in `found`; `limit` too when the budget
  // is spent, with `spent` set.
  int Count(const std::vector<int>& start, int limit, std::vector<std::vector<int>>& found,
            Rng* rng = nullptr) {
    digits_ = start;
    rng_ = rng;
    budget_ = 3000;
    return Fill(limit, found);
  }
  bool spent() const { return budget_ < 0; }

 private:
  bool Allowed(int cell, int digit) const {
    for (const int index : board_.runs_of[cell]) {
      const Run& run = board_.runs[index];
      int left = run.sum - digit;
      int open = 0;
      for (const int other : run.cells) {
        if (other == cell) continue;
        if (digits_[other] == digit) return false;
        left -= digits_[other];
        open += digits_[other] == 0;
      }
      if (!sums_) continue;
      if (open == 0 ? left != 0 : left < open * (open + 1) / 2 || left > open * (19 - open) / 2)
        return false;
    }
    return true;
  }
  int Fill(int limit, std::vector<std::vector<int>>& found) {
    if (--budget_ < 0) return limit;
    int best = -1;
    std::vector<int> candidates;
    for (int cell = 0; cell < int(digits_.size()); ++cell) {
      if (!board_.white[cell] || digits_[cell] != 0) continue;
      std::vector<int> here;
      for (int d = 1; d <= 9; ++d) {
        if (Allowed(cell, d)) here.push_back(d);
      }
      if (best >= 0 && here.size() >= candidates.size()) continue;
      best = cell;
      candidates = std::move(here);
      if (candidates.size() <= 1) break;
    }
    if (best < 0) {
      found.push_back(digits_);
      return 1;
    }
    if (rng_ != nullptr) rng_->Shuffle(candidates);
    int count = 0;
    for (const int d : candidates) {
      digits_[best] = d;
      count += Fill(limit - count, found);
      if (count >= limit) break;
    }
    digits_[best] = 0;
    return count;
  }

  const Board& board_;
  bool sums_;
  std::vector<int> digits_;
  Rng* rng_ = nullptr;
  int budget_ = 0;
};

std::optional<Board> MakeBoard(Rng& rng, int level) {
  Board board;
  board.height = ByLevel(level, 2, 5);
  board.width = ByLevel(level, 3, 5);
  board.white.assign(std::size_t(board.height * board.width), true);
  const int black = board.height < 3 ? 0 : ByLevel(level, 0, 5);
  for (int i = 0; i < black; ++i) {
    board.white[rng.Int(0, std::int64_t(board.white.size()) - 1)] = false;
  }
  if (!FindRuns(board)) return std::nullopt;
  return board;
}

std::string Grid(const Board& board, const std::vector<int>& digits) {
  std::string text;
  for (int cell = 0; cell < int(digits.size()); ++cell) {
    if (cell > 0) text += cell % board.width == 0 ? "\n" : " ";
    text += !board.white[cell] ? '#' : digits[cell] == 0 ? '.' : char('0' + digits[cell]);
  }
  return text;
}

std::string RunsText(const Board& board) {
  std::string text;
  for (const Run& run : board.runs) {
    text += board.Where(run.cells.front()) + " to " + board.Where(run.cells.back()) + ": " +
            std::to_string(run.sum) + "\n";
  }
  text.pop_back();
  return text;
}

// {"white", "runs"} as the verifier reads them; a given digit is a run of one cell.
Json BoardData(const Board& board, const std::vector<int>& givens) {
  IntGrid white(std::size_t(board.height), std::vector<int>(std::size_t(board.width), 0));
  IntGrid runs;
  const auto add = [&](int sum, const std::vector<int>& cells) {
    runs.push_back({sum});
    for (const int cell : cells) {
      runs.back().push_back(cell / board.width);
      runs.back().push_back(cell % board.width);
    }
  };
  for (const Run& run : board.runs) add(run.sum, run.cells);
  for (int cell = 0; cell < int(givens.size()); ++cell) {
    white[cell / board.width][cell % board.width] = board.white[cell] ? 1 : 0;
    if (givens[cell] != 0) add(givens[cell], {cell});
  }
  return {{"white", white}, {"runs", runs}};
}

// Gives digits in cells where two fillings differ until one is left.
std::optional<std::vector<int>> Givens(Rng& rng, const Board& board, const std::vector<int>& full) {
  std::vector<int> givens(full.size(), 0);
  const auto white = std::count(board.white.begin(), board.white.end(), true);
  for (int given = 0; given <= white / 3; ++given) {
    std::vector<std::vector<int>> found;
    Filler filler(board, true);
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
  auto board = MakeBoard(rng, level);
  if (!board) return std::nullopt;
  std::vector<std::vector<int>> fillings;
  const std::vector<int> empty(board->white.size(), 0);
  if (Filler(*board, false).Count(empty, 1, fillings, &rng) == 0 || fillings.empty())
    return std::nullopt;
  const auto full = fillings[0];
  for (Run& run : board->runs) {
    for (const int cell : run.cells) run.sum += full[cell];
  }
  const auto givens = Givens(rng, *board, full);
  if (!givens) return std::nullopt;

  Draft draft;
  const std::string text = Grid(*board, *givens) + "\n\n" + RunsText(*board);
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
  draft.reference = Grid(*board, full);
  draft.verifier = LogicSpec("run_sums", BoardData(*board, *givens));
  draft.tags = {"grid", "arithmetic"};
  draft.fingerprint = text;
  std::vector<int> same = full;
  std::replace_if(
      same.begin(), same.end(), [](int d) { return d > 0; }, 1);
  draft.near_misses = {Grid(*board, same)};
  draft.params = {{"height", board->height}, {"width", board->width}, {"givens", *givens}};
  draft.params["white"] = board->white;
  return draft;
}

// Cell by cell in reading order, with what rows and columns still need; sums are checked at the end
// of a run.
int CountPlain(const Board& board, std::vector<int>& digits, const std::vector<int>& givens,
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
      const Run& run = board.runs[index];
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
  Board board;
  board.height = draft.params["height"].get<int>();
  board.width = draft.params["width"].get<int>();
  board.white = draft.params["white"].get<std::vector<bool>>();
  if (!FindRuns(board)) return "a cell stands in no two runs";
  const Json& runs = draft.verifier["runs"];
  for (std::size_t i = 0; i < board.runs.size(); ++i) board.runs[i].sum = runs[i][0].get<int>();
  std::vector<int> digits(board.white.size(), 0);
  std::vector<int> solution;
  const auto givens = draft.params["givens"].get<std::vector<int>>();
  if (CountPlain(board, digits, givens, 0, solution) != 1) return "it has no filling or several";
  if (Grid(board, solution) != draft.reference) return "another filling was found";
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
