// tasks/generators/logic/kakuro_board.h -- Kakuro boards and their fillings.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

struct KakuroRun {
  int sum = 0;
  std::vector<int> cells;  // row * width + column
};

struct KakuroBoard {
  int height = 0;
  int width = 0;
  std::vector<bool> white;
  std::vector<KakuroRun> runs;
  std::vector<std::vector<int>> runs_of;  // of each cell

  std::string Where(int cell) const {
    return "(" + std::to_string(cell / width + 1) + "," + std::to_string(cell % width + 1) + ")";
  }
};

// Maximal white stretches of at least two cells. False where a white cell stands in fewer than two.
bool FindKakuroRuns(KakuroBoard& board);

// Fills the open cells, the one with the fewest candidates first.
class KakuroFiller {
 public:
  // `sums`: whether the runs' sums must be met, or only digits differ. `board` must outlive this.
  KakuroFiller(const KakuroBoard& board, bool sums) : board_(board), sums_(sums) {}

  // Fillings of the cells that are 0, up to `limit`, kept in `found`; `limit` too when the budget
  // is spent. Candidates come in random order when there is an `rng`.
  int Count(const std::vector<int>& start, int limit, std::vector<std::vector<int>>& found,
            Rng* rng = nullptr);
  bool spent() const { return budget_ < 0; }

 private:
  bool Allowed(int cell, int digit) const;
  int Fill(int limit, std::vector<std::vector<int>>& found);

  const KakuroBoard& board_;
  bool sums_;
  std::vector<int> digits_;
  Rng* rng_ = nullptr;
  int budget_ = 0;
};

// Digits, dots for open cells and # for black ones.
std::string KakuroGrid(const KakuroBoard& board, const std::vector<int>& digits);
// "(1,1) to (1,3): 19", one run a line.
std::string KakuroRuns(const KakuroBoard& board);
// {"white", "runs"} as the verifier reads them; a given digit is a run of one cell.
Json KakuroData(const KakuroBoard& board, const std::vector<int>& givens);

}  // namespace assay
