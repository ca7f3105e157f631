// Minesweeper positions from which all mines follow.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

constexpr int kHidden = -99;  // no number gets there while decisions are tried

template <class Visit>
void Around(const IntGrid& grid, int row, int column, const Visit& visit) {
  for (int r = std::max(row - 1, 0); r <= std::min(row + 1, int(grid.size()) - 1); ++r) {
    for (int c = std::max(column - 1, 0); c <= std::min(column + 1, int(grid[0].size()) - 1); ++c) {
      if (r != row || c != column) visit(r, c);
    }
  }
}

// Placements of mines on hidden cells, up to 2, decided cell by cell; 2 where too many were tried.
class Placements {
 public:
  Placements(const IntGrid& clues, int mines)
      : need_(clues), open_(clues.size(), std::vector<int>(clues[0].size(), 0)), left_(mines) {
    for (int r = 0; r < int(clues.size()); ++r) {
      for (int c = 0; c < int(clues[0].size()); ++c) {
        if (clues[r][c] != kHidden) continue;
        hidden_.emplace_back(r, c);
        Around(clues, r, c, [&](int i, int j) { ++open_[i][j]; });
      }
    }
  }
  int Count(std::size_t at = 0) {
    if (--budget_ < 0) return 2;
    if (left_ < 0 || left_ > int(hidden_.size() - at)) return 0;
    if (at == hidden_.size()) return 1;
    int found = 0;
    for (int mine = 0; mine < 2 && found < 2; ++mine) {
      if (Decide(at, mine, 1)) found += Count(at + 1);
      Decide(at, mine, -1);
    }
    return found;
  }

 private:
  // Carries the decision into the numbers around, or takes it back; whether all can still be met.
  bool Decide(std::size_t at, int mine, int sign) {
    bool fine = true;
    left_ -= sign * mine;
    Around(need_, hidden_[at].first, hidden_[at].second, [&](int r, int c) {
      if (need_[r][c] == kHidden) return;
      need_[r][c] -= sign * mine;
      open_[r][c] -= sign;
      fine = fine && need_[r][c] >= 0 && need_[r][c] <= open_[r][c];
    });
    return fine;
  }

  IntGrid need_;  // mines that a number still misses
  IntGrid open_;  // undecided cells around it
  std::vector<std::pair<int, int>> hidden_;
  int left_;
  int budget_ = 3000;
};

IntGrid NumbersOf(const IntGrid& mines) {
  IntGrid numbers = mines;
  for (int r = 0; r < int(mines.size()); ++r) {
    for (int c = 0; c < int(mines[0].size()); ++c) {
      numbers[r][c] = mines[r][c] == 1 ? kHidden : 0;
      if (mines[r][c] == 0)
        Around(mines, r, c, [&](int i, int j) { numbers[r][c] += mines[i][j]; });
    }
  }
  return numbers;
}

std::string CellsText(const IntGrid& mines) {
  std::string text;
  for (int r = 0; r < int(mines.size()); ++r) {
    for (int c = 0; c < int(mines[0].size()); ++c) {
      if (mines[r][c] != 1) continue;
      text +=
          (text.empty() ? "(" : ", (") + std::to_string(r + 1) + "," + std::to_string(c + 1) + ")";
    }
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int height = ByLevel(level, 4, 7);
  const int width = ByLevel(level, 5, 8);
  const int count = ByLevel(level, 4, 12);
  IntGrid mines(std::size_t(height), std::vector<int>(std::size_t(width), 0));
  const auto order = RandomOrder(rng, height * width);
  for (int i = 0; i < count; ++i) mines[order[i] / width][order[i] % width] = 1;
  IntGrid field = NumbersOf(mines);
  int hidden = count;
  const int wanted = count + ByLevel(level, 5, 13);
  for (int i = count; i < height * width && hidden < wanted; ++i) {
    int& cell = field[order[i] / width][order[i] % width];
    const int number = cell;
    cell = kHidden;
    if (Placements(field, count).Count() == 1) {
      ++hidden;
    } else {
      cell = number;
    }
  }
  if (hidden < count + 3) return std::nullopt;

  Draft draft;
  const std::string grid = GridText(field, "?", kHidden);
  const Slots slots = {{"grid", grid}, {"count", std::to_string(count)}};
  Ask(rng, draft,
      Say(rng,
          {"In this minesweeper field exactly {count} of the cells marked ? hide a mine. A number "
           "says how many of the up to eight cells around it hold one; cells with a number hold "
           "none. Where are the mines?\n\n{grid}",
           "Find all {count} mines. Every digit counts the mines on the neighbouring cells (also "
           "diagonally) and lies on a safe cell itself; ? may be a mine or not.\n\n{grid}",
           "A field holds {count} mines, all of them under question marks. Digits tell how many "
           "mines touch that cell, sideways or at a corner. Deduce the place of every "
           "mine.\n\n{grid}"},
          slots),
      AnswerForm::kLine,
      "the mines as (row,column), counted from 1 at the upper left, separated by commas");
  draft.reference = CellsText(mines);
  IntGrid clues = field;
  IntGrid all_hidden = field;
  for (auto& row : clues) std::replace(row.begin(), row.end(), kHidden, -1);
  for (auto& row : all_hidden) {
    for (int& cell : row) cell = cell == kHidden ? 1 : 0;
  }
  draft.verifier = LogicSpec("mines", {{"clues", clues}, {"mines", count}});
  draft.tags = {"grid", "constraints"};
  draft.fingerprint = grid;
  draft.unique = false;  // a list of cells: the order is free
  draft.near_misses = {CellsText(all_hidden), draft.reference.substr(7)};
  for (int i = count; i < height * width; ++i) {  // one mine moved to a safe cell
    if (field[order[i] / width][order[i] % width] != kHidden) continue;
    IntGrid moved = mines;
    moved[order[i] / width][order[i] % width] = 1;
    moved[order[0] / width][order[0] % width] = 0;
    draft.near_misses.push_back(CellsText(moved));
    break;
  }
  draft.params = {{"clues", clues}, {"mines", count}};
  return draft;
}

// Each way to choose the mines among the hidden cells, as bit sets (Gosper's successor).
std::optional<std::string> Prove(const Draft& draft) {
  const auto clues = draft.params["clues"].get<IntGrid>();
  const int count = draft.params["mines"].get<int>();
  std::vector<std::pair<int, int>> hidden;
  for (int r = 0; r < int(clues.size()); ++r) {
    for (int c = 0; c < int(clues[0].size()); ++c) {
      if (clues[r][c] < 0) hidden.emplace_back(r, c);
    }
  }
  std::vector<std::pair<unsigned, int>> numbers;  // cells around, and how many are mines
  for (int r = 0; r < int(clues.size()); ++r) {
    for (int c = 0; c < int(clues[0].size()); ++c) {
      if (clues[r][c] < 0) continue;
      unsigned around = 0;
      for (std::size_t i = 0; i < hidden.size(); ++i) {
        const bool near = std::abs(hidden[i].first - r) < 2 && std::abs(hidden[i].second - c) < 2;
        around |= unsigned(near) << i;
      }
      numbers.emplace_back(around, clues[r][c]);
    }
  }
  int found = 0;
  IntGrid mines(clues.size(), std::vector<int>(clues[0].size(), 0));
  const std::uint64_t end = std::uint64_t{1} << hidden.size();
  for (std::uint64_t set = (std::uint64_t{1} << count) - 1; set < end;) {
    const bool fits = std::all_of(numbers.begin(), numbers.end(), [&](const auto& number) {
      return __builtin_popcount(unsigned(set) & number.first) == number.second;
    });
    if (fits && ++found == 1) {
      for (std::size_t i = 0; i < hidden.size(); ++i) {
        mines[hidden[i].first][hidden[i].second] = int(set >> i & 1U);
      }
    }
    const std::uint64_t low = set & (~set + 1);
    const std::uint64_t next = set + low;
    set = (((next ^ set) >> 2) / low) | next;
  }
  if (found != 1) return "there are " + std::to_string(found) + " placements";
  if (CellsText(mines) != draft.reference) return "another placement was found";
  return std::nullopt;
}

}  // namespace

Family Minesweeper() {
  return {"minesweeper",
          "logic",
          "Minesweeper positions that determine every mine",
          "Kaye, Minesweeper is NP-complete, 2000",
          Generate,
          Prove};
}

}  // namespace assay
