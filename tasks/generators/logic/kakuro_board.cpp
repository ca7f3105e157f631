#include "tasks/generators/logic/kakuro_board.h"

#include <algorithm>

namespace assay {

bool FindKakuroRuns(KakuroBoard& board) {
  board.runs.clear();
  board.runs_of.assign(board.white.size(), {});
  const auto scan = [&](int lines, int length, auto cell_at) {
    for (int line = 0; line < lines; ++line) {
      KakuroRun run;
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

int KakuroFiller::Count(const std::vector<int>& start, int limit,
                        std::vector<std::vector<int>>& found, Rng* rng) {
  digits_ = start;
  rng_ = rng;
  budget_ = 3000;
  return Fill(limit, found);
}

bool KakuroFiller::Allowed(int cell, int digit) const {
  for (const int index : board_.runs_of[cell]) {
    const KakuroRun& run = board_.runs[index];
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

int KakuroFiller::Fill(int limit, std::vector<std::vector<int>>& found) {
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

std::string KakuroGrid(const KakuroBoard& board, const std::vector<int>& digits) {
  std::string text;
  for (int cell = 0; cell < int(digits.size()); ++cell) {
    if (cell > 0) text += cell % board.width == 0 ? "\n" : " ";
    text += !board.white[cell] ? '#' : digits[cell] == 0 ? '.' : char('0' + digits[cell]);
  }
  return text;
}

std::string KakuroRuns(const KakuroBoard& board) {
  std::string text;
  for (const KakuroRun& run : board.runs) {
    text += board.Where(run.cells.front()) + " to " + board.Where(run.cells.back()) + ": " +
            std::to_string(run.sum) + "\n";
  }
  text.pop_back();
  return text;
}

Json KakuroData(const KakuroBoard& board, const std::vector<int>& givens) {
  IntGrid white(std::size_t(board.height), std::vector<int>(std::size_t(board.width), 0));
  IntGrid runs;
  const auto add = [&](int sum, const std::vector<int>& cells) {
    runs.push_back({sum});
    for (const int cell : cells) {
      runs.back().push_back(cell / board.width);
      runs.back().push_back(cell % board.width);
    }
  };
  for (const KakuroRun& run : board.runs) add(run.sum, run.cells);
  for (int cell = 0; cell < int(givens.size()); ++cell) {
    white[cell / board.width][cell % board.width] = board.white[cell] ? 1 : 0;
    if (givens[cell] != 0) add(givens[cell], {cell});
  }
  return {{"white", white}, {"runs", runs}};
}

}  // namespace assay
