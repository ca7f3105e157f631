// Write a function that counts or weighs the paths through a grid under drawn moves and walls.
#include <algorithm>
#include <map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Move = std::pair<int, int>;  // rows down, columns right
enum class Goal { kCount, kLeast, kMost };

struct Params {
  std::vector<Move> moves;
  Goal goal = Goal::kCount;
  std::int64_t wall = 0;  // cells divisible by it may not be entered; 0: no walls
  std::int64_t fee = 0;   // for every move that goes more than one cell down or right
};

// From the last cell backwards; Python goes forwards.
class Search {
 public:
  Search(const Params& params, const Json& grid)
      : params_(params), grid_(grid.get<std::vector<std::vector<std::int64_t>>>()) {}

  std::optional<std::int64_t> From(int row, int column) {
    if (row >= int(grid_.size()) || column >= int(grid_[0].size())) return std::nullopt;
    const std::int64_t cell = grid_[std::size_t(row)][std::size_t(column)];
    if (params_.wall != 0 && cell % params_.wall == 0) return std::nullopt;
    const bool last = row + 1 == int(grid_.size()) && column + 1 == int(grid_[0].size());
    if (last) return params_.goal == Goal::kCount ? 1 : cell;
    if (const auto known = memo_.find({row, column}); known != memo_.end()) return known->second;
    std::optional<std::int64_t> best;
    for (const auto& [down, right] : params_.moves) {
      auto rest = From(row + down, column + right);
      if (!rest) continue;
      if (params_.goal == Goal::kCount) {
        best = best.value_or(0) + *rest;
        continue;
      }
      *rest += cell + (std::max(down, right) > 1 ? params_.fee : 0);
      const bool better = !best || (params_.goal == Goal::kLeast ? *rest < *best : *rest > *best);
      if (better) best = rest;
    }
    return memo_[{row, column}] = best;
  }

 private:
  const Params& params_;
  std::vector<std::vector<std::int64_t>> grid_;
  std::map<std::pair<int, int>, std::optional<std::int64_t>> memo_;
};

Json Solve(const Params& params, const Json& arguments) {
  const auto found = Search(params, arguments[0]).From(0, 0);
  if (params.goal == Goal::kCount) return found.value_or(0);
  return found ? Json(*found) : Json();
}

std::string Python(const Params& params) {
  std::string moves;
  for (const auto& [down, right] : params.moves) {
    moves += "(" + std::to_string(down) + ", " + std::to_string(right) + "), ";
  }
  const bool count = params.goal == Goal::kCount;
  const std::string fee = params.fee == 0 ? "" : " + ({fee} if max(dr, dc) > 1 else 0)";
  const std::string wall =
      params.wall == 0 ? ""
                       : "            if grid[r][c] % {wall} == 0:\n                continue\n";
  const std::string relax =
      count ? "                best[r + dr][c + dc] = (best[r + dr][c + dc] or 0) + best[r][c]\n"
            : "                value = best[r][c] + grid[r + dr][c + dc]" + fee +
                  "\n                old = best[r + dr][c + dc]\n"
                  "                if old is None or value {better} old:\n"
                  "                    best[r + dr][c + dc] = value\n";
  const std::string end =
      params.wall == 0 ? "" : "    if grid[-1][-1] % {wall} == 0:\n        return {nothing}\n";
  return Fill(
      "def walk(grid):\n    rows, columns = len(grid), len(grid[0])\n"
      "    best = [[None] * columns for _ in range(rows)]\n"
      "    best[0][0] = {start}\n" +
          end +
          "    for r in range(rows):\n        for c in range(columns):\n"
          "            if best[r][c] is None:\n                continue\n" +
          wall +
          "            for dr, dc in [{moves}]:\n"
          "                if r + dr >= rows or c + dc >= columns:\n                    "
          "continue\n" +
          relax +
          (params.wall == 0 ? "" : "    if grid[0][0] % {wall} == 0:\n        return {nothing}\n") +
          (count ? "    return best[-1][-1] or 0\n" : "    return best[-1][-1]\n"),
      {{"start", count ? "1" : "grid[0][0]"},
       {"moves", moves.substr(0, moves.size() - 2)},
       {"wall", std::to_string(params.wall)},
       {"fee", std::to_string(params.fee)},
       {"nothing", count ? "0" : "None"},
       {"better", params.goal == Goal::kLeast ? "<" : ">"}});
}

std::string MoveWords(const Move& move) {
  const auto [down, right] = move;
  const auto cells = [](int n, const char* way) {
    return std::to_string(n) + (n == 1 ? " cell " : " cells ") + way;
  };
  if (right == 0) return cells(down, "down");
  if (down == 0) return cells(right, "right");
  return cells(down, "down and ") + std::to_string(right) + " right";
}

std::string Words(const Params& params) {
  std::vector<std::string> moves;
  for (const Move& move : params.moves) moves.push_back(MoveWords(move));
  std::string text =
      "A path starts in the top left cell and ends in the bottom right cell. One move "
      "goes " +
      Listed(moves, " or ") + ", and cells that a move passes over do not count as visited. ";
  if (params.wall != 0) {
    text += "Cells whose number is divisible by " + std::to_string(params.wall) +
            " are walls: no path may visit them, and none may start or end there. ";
  }
  if (params.goal == Goal::kCount) return text + "Return the number of different paths.";
  text +=
      "The cost of a path is the sum of the numbers in all cells it visits, first and last "
      "included";
  if (params.fee != 0) {
    text += ", plus " + std::to_string(params.fee) +
            " for each move that goes more than one cell down or more than one cell right";
  }
  return text + ". Return the " +
         (params.goal == Goal::kLeast ? std::string("smallest") : std::string("largest")) +
         " possible cost, or None if there is no path.";
}

Json DrawGrid(Rng& rng, std::int64_t rows, std::int64_t columns) {
  std::vector<std::vector<std::int64_t>> grid(static_cast<std::size_t>(rows));
  for (auto& row : grid) {
    for (std::int64_t c = 0; c < columns; ++c) row.push_back(rng.Int(1, 60));
  }
  return Json::array({Json(grid)});
}

Params Draw(Rng& rng, int level) {
  const std::vector<Move> kinds = {{1, 0}, {0, 1}, {1, 1}, {2, 0}, {0, 2},
                                   {1, 2}, {2, 1}, {0, 3}, {3, 1}, {2, 2}};
  Params params;
  params.moves = {kinds[0], kinds[1]};
  const int more = ByLevel(level, 0, 4);
  std::vector<Move> others(kinds.begin() + 2, kinds.end());
  rng.Shuffle(others);
  for (int i = 0; i < more; ++i) params.moves.push_back(others[std::size_t(i)]);
  if (level >= 5 && rng.Chance(0.4)) params.moves.erase(params.moves.begin());
  params.goal = Goal(rng.Int(0, 2));
  if (level >= 2) params.wall = rng.Int(5, 13);
  if (level >= 6 && params.goal != Goal::kCount) params.fee = rng.Int(5, 30);
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "walk";
  const int side = ByLevel(level, 4, 9);
  task.inputs = {DrawGrid(rng, 3, 3), DrawGrid(rng, 3, 4), DrawGrid(rng, 1, 1),
                 DrawGrid(rng, 1, 5), DrawGrid(rng, 6, 1), DrawGrid(rng, 2, 2)};
  for (int i = 0; i < 12; ++i) {
    task.inputs.push_back(DrawGrid(rng, rng.Int(2, side), rng.Int(2, side)));
  }
  std::vector<Params> wrong(2, params);
  wrong[0].goal = params.goal == Goal::kLeast ? Goal::kMost : Goal::kLeast;
  wrong[1].moves.pop_back();
  if (params.wall != 0) wrong.push_back(params), wrong.back().wall = 0;
  if (params.wall != 0) wrong.push_back(params), ++wrong.back().wall;
  if (params.fee != 0) wrong.push_back(params), wrong.back().fee = 0;
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `walk(grid)`, where `grid` is a non-empty list of rows of "
       "positive whole numbers, all rows equally long. {words}",
       "Paths through a rectangular grid of positive integers (a list of equally long rows) are "
       "to be examined by a Python function `walk(grid)`. {words}"},
      {{"words", Words(params)}});
  task.tags = {"dynamic programming", "matrices"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  task.most_alike = 0.7;
  return FunctionDraft(rng, task);
}

}  // namespace

Family GridPaths() {
  return {"grid_paths", "code",       "Paths through a grid", "Bellman, Dynamic Programming (1957)",
          Generate,     ProvenByTests};
}

}  // namespace assay
