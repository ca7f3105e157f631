// Write a function from a chain of steps on a grid of numbers: turn, mirror, sum up, shift.
#include <algorithm>
#include <numeric>

#include "tasks/generators/code/pipeline.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Row = std::vector<std::int64_t>;
using Grid = std::vector<Row>;

Step GridStep(std::string words, std::string python, std::function<Grid(Grid)> apply) {
  return {std::move(words), std::move(python),
          [apply = std::move(apply)](const Json& value) { return Json(apply(value.get<Grid>())); }};
}

Grid Transposed(const Grid& grid) {
  Grid turned(grid[0].size(), Row(grid.size()));
  for (std::size_t r = 0; r < grid.size(); ++r) {
    for (std::size_t c = 0; c < grid[0].size(); ++c) turned[c][r] = grid[r][c];
  }
  return turned;
}

std::function<Grid(Grid)> EachRow(const std::function<void(Row&)>& change) {
  return [change](Grid grid) {
    for (Row& row : grid) change(row);
    return grid;
  };
}

std::int64_t SumOf(const Row& row) { return std::accumulate(row.begin(), row.end(), 0LL); }

Step TurningStep(Rng& rng) {
  switch (rng.Int(0, 4)) {
    case 0:
      return GridStep("exchange rows and columns (transpose)", "[list(row) for row in zip(*grid)]",
                      Transposed);
    case 1:
      return GridStep("turn the grid clockwise by a quarter",
                      "[list(row) for row in zip(*grid[::-1])]", [](Grid grid) {
                        std::reverse(grid.begin(), grid.end());
                        return Transposed(grid);
                      });
    case 2:
      return GridStep("mirror it left to right (reverse each row)", "[row[::-1] for row in grid]",
                      EachRow([](Row& row) { std::reverse(row.begin(), row.end()); }));
    case 3:
      return GridStep("mirror it upside down (reverse the order of the rows)", "grid[::-1]",
                      [](Grid grid) {
                        std::reverse(grid.begin(), grid.end());
                        return grid;
                      });
    default:
      return GridStep("exchange the first and the last row",
                      "[grid[-1]] + grid[1:-1] + [grid[0]] if len(grid) > 1 else grid",
                      [](Grid grid) {
                        std::swap(grid.front(), grid.back());
                        return grid;
                      });
  }
}

Step NumberStep(Rng& rng) {
  const auto k = rng.Int(2, 7);
  const std::string s = std::to_string(k);
  switch (rng.Int(0, 6)) {
    case 0:
      return GridStep("sort each row in increasing order", "[sorted(row) for row in grid]",
                      EachRow([](Row& row) { std::sort(row.begin(), row.end()); }));
    case 1:
      return GridStep(
          "replace each number by the sum of it and all numbers left of it in its row",
          "[[sum(row[:i + 1]) for i in range(len(row))] for row in grid]",
          EachRow([](Row& row) { std::partial_sum(row.begin(), row.end(), row.begin()); }));
    case 2:
      return GridStep("move every row cyclically one place to the right",
                      "[row[-1:] + row[:-1] for row in grid]", EachRow([](Row& row) {
                        std::rotate(row.rbegin(), row.rbegin() + 1, row.rend());
                      }));
    case 3:
      return GridStep("replace each number by its remainder modulo " + s + " (never negative)",
                      "[[n % " + s + " for n in row] for row in grid]", EachRow([k](Row& row) {
                        for (auto& n : row) n = (n % k + k) % k;
                      }));
    case 4:
      return GridStep(
          "add " + s + " times the row's index to every number (the top row has index 0)",
          "[[n + " + s + " * i for n in row] for i, row in enumerate(grid)]", [k](Grid grid) {
            for (std::size_t i = 0; i < grid.size(); ++i) {
              for (auto& n : grid[i]) n += k * std::int64_t(i);
            }
            return grid;
          });
    case 5:
      return GridStep("order the rows by their sums, smallest first; equal sums keep their order",
                      "sorted(grid, key=sum)", [](Grid grid) {
                        std::stable_sort(grid.begin(), grid.end(), [](const Row& a, const Row& b) {
                          return SumOf(a) < SumOf(b);
                        });
                        return grid;
                      });
    default:
      return GridStep("replace each negative number by its absolute value times " + s,
                      "[[-n * " + s + " if n < 0 else n for n in row] for row in grid]",
                      EachRow([k](Row& row) {
                        for (auto& n : row) n = n < 0 ? -n * k : n;
                      }));
  }
}

Step DrawStep(Rng& rng) { return rng.Chance(0.4) ? TurningStep(rng) : NumberStep(rng); }

Json DrawGrid(Rng& rng, std::int64_t rows, std::int64_t columns) {
  Grid grid(std::size_t(rows), Row(static_cast<std::size_t>(columns)));
  for (Row& row : grid) {
    for (auto& n : row) n = rng.Int(-9, 15);
  }
  return Json::array({Json(grid)});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const auto steps = DrawSteps(rng, ByLevel(level, 1, 7), DrawStep);
  FunctionTask task;
  task.entry = "change_grid";
  task.inputs = {DrawGrid(rng, 2, 3), DrawGrid(rng, 3, 3), DrawGrid(rng, 1, 1), DrawGrid(rng, 1, 4),
                 DrawGrid(rng, 5, 1)};
  for (int i = 0; i < 8; ++i) {
    task.inputs.push_back(DrawGrid(rng, rng.Int(2, 5), rng.Int(2, 5)));
  }
  SetPipeline(task, "grid", steps);
  task.question =
      Say(rng,
          {"A grid of whole numbers is given as a non-empty list of rows, all of the same positive "
           "length. Write a Python function `change_grid(grid)` that carries out these steps in "
           "order and returns the new grid:\n\n{steps}",
           "Write `change_grid(grid)` in Python, where `grid` is a rectangular list of lists of "
           "integers with at least one row and one column. The result is the grid after these "
           "changes, made one after the other:\n\n{steps}",
           "Implement the Python function `change_grid(grid)`. `grid` holds rows of equal length "
           "(at least 1 x 1). Do the following and return the grid that results:\n\n{steps}"},
          {{"steps", Numbered(steps)}});
  task.tags = {"matrices", "lists"};
  task.fingerprint = Numbered(steps);
  return FunctionDraft(rng, task);
}

}  // namespace

Family GridPipeline() {
  return {
      "grid_pipeline", "code",       "A function made of grid steps", "Written for this project",
      Generate,        ProvenByTests};
}

}  // namespace assay
