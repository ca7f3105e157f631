// Conway's Game of Life: a few generations; the proof counts neighbours in a sparse set.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

int Around(const IntGrid& grid, int row, int column, bool torus) {
  const int height = int(grid.size());
  const int width = int(grid[0].size());
  int count = 0;
  for (int dr = -1; dr <= 1; ++dr) {
    for (int dc = -1; dc <= 1; ++dc) {
      int r = row + dr;
      int c = column + dc;
      if (torus) {
        r = (r + height) % height;
        c = (c + width) % width;
      }
      const bool inside = r >= 0 && c >= 0 && r < height && c < width;
      if (inside && (dr != 0 || dc != 0)) count += grid[r][c];
    }
  }
  return count;
}

IntGrid Next(const IntGrid& grid, bool torus) {
  IntGrid next = grid;
  for (int r = 0; r < int(grid.size()); ++r) {
    for (int c = 0; c < int(grid[0].size()); ++c) {
      const int around = Around(grid, r, c, torus);
      next[r][c] = around == 3 || (around == 2 && grid[r][c] == 1) ? 1 : 0;
    }
  }
  return next;
}

std::string Picture(const IntGrid& grid) {
  std::string text;
  for (const auto& row : grid) {
    if (!text.empty()) text += "\n";
    for (const int cell : row) text += cell == 1 ? '#' : '.';
  }
  return text;
}

int Living(const IntGrid& grid) {
  int count = 0;
  for (const auto& row : grid) count += int(std::count(row.begin(), row.end(), 1));
  return count;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int height = ByLevel(level, 4, 9);
  const int width = ByLevel(level, 4, 9);
  const int steps = level <= 3 ? 1 : ByLevel(level, 1, 5);
  const bool torus = level >= 5 && rng.Chance(0.5);
  IntGrid start(std::size_t(height), std::vector<int>(std::size_t(width), 0));
  for (auto& row : start) {
    for (int& cell : row) cell = rng.Chance(0.4) ? 1 : 0;
  }
  IntGrid last = start;
  IntGrid grid = start;
  for (int i = 0; i < steps; ++i) {
    last = grid;
    grid = Next(grid, torus);
  }
  if (Living(grid) < 3 || grid == last || grid == start) return std::nullopt;

  Draft draft;
  const std::string picture = Picture(start);
  const Slots slots = {
      {"grid", picture},
      {"steps", Plural(steps, "generation", "generations")},
      {"edge", torus ? "The board wraps around: the left edge touches the right one and the top "
                       "touches the bottom."
                     : "Cells outside the board are always dead."}};
  Ask(rng, draft,
      Say(rng,
          {"This is a position of Conway's Game of Life (# alive, . dead):\n\n{grid}\n\n{edge} "
           "What "
           "does the board look like after {steps}?",
           "Apply the rules of the Game of Life to the board below for {steps}: a living cell with "
           "two or three living neighbours (of eight) stays alive, a dead cell with exactly three "
           "comes alive, all others are dead afterwards. {edge}\n\n{grid}",
           "In a cellular automaton every cell looks at its eight neighbours at once. It is alive "
           "(#) in the next generation if three of them are alive now, or if two are and it is "
           "alive itself; otherwise it is dead (.). {edge} Compute {steps} from this "
           "state.\n\n{grid}"},
          slots),
      AnswerForm::kBlock, "the resulting board, one row a line, in # and .,");
  draft.reference = Picture(grid);
  draft.verifier = LogicSpec("grid");
  draft.tags = {"cellular automata", "simulation"};
  draft.fingerprint = picture + std::to_string(steps) + (torus ? "t" : "");
  draft.near_misses = {picture, Picture(last)};
  const auto more = Picture(Next(grid, torus));
  if (more != draft.reference) draft.near_misses.push_back(more);
  draft.params = {{"start", start}, {"steps", steps}, {"torus", torus}};
  return draft;
}

using Cells = std::set<std::pair<int, int>>;

// Living cells add to their neighbours' counts; everything else is never looked at.
std::optional<std::string> Prove(const Draft& draft) {
  const auto start = draft.params["start"].get<IntGrid>();
  const bool torus = draft.params["torus"].get<bool>();
  const int height = int(start.size());
  const int width = int(start[0].size());
  Cells alive;
  for (int r = 0; r < height; ++r) {
    for (int c = 0; c < width; ++c) {
      if (start[r][c] == 1) alive.emplace(r, c);
    }
  }
  for (int i = 0; i < draft.params["steps"].get<int>(); ++i) {
    std::map<std::pair<int, int>, int> counts;
    for (const auto& [row, column] : alive) {
      for (int k = 0; k < 9; ++k) {
        if (k == 4) continue;
        std::pair<int, int> cell(row + k / 3 - 1, column + k % 3 - 1);
        if (torus) cell = {(cell.first + height) % height, (cell.second + width) % width};
        ++counts[cell];
      }
    }
    Cells next;
    for (const auto& [cell, count] : counts) {
      const bool inside =
          cell.first >= 0 && cell.second >= 0 && cell.first < height && cell.second < width;
      if (inside && (count == 3 || (count == 2 && alive.count(cell) > 0))) next.insert(cell);
    }
    alive = std::move(next);
  }
  IntGrid grid(std::size_t(height), std::vector<int>(std::size_t(width), 0));
  for (const auto& [r, c] : alive) grid[r][c] = 1;
  if (Picture(grid) != draft.reference) return "counting in a set gives\n" + Picture(grid);
  return std::nullopt;
}

}  // namespace

Family GameOfLife() {
  return {"game_of_life",
          "logic",
          "Generations of the Game of Life",
          "Conway; Gardner, Scientific American, October 1970",
          Generate,
          Prove};
}

}  // namespace assay
