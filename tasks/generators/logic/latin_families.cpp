// Sudoku, futoshiki and diagonal Latin squares: a full grid, cells taken away while one filling is
// left.
#include <algorithm>

#include "tasks/generators/logic/common.h"
#include "tasks/generators/logic/latin_plain.h"

namespace assay {
namespace {

enum class Kind { kSudoku, kFutoshiki, kDiagonal };

struct Params {
  int size = 0;
  LatinRules rules;
  int open = 0;  // cells to take away, where uniqueness allows it
};

Params ForLevel(Kind kind, int level) {
  if (kind == Kind::kSudoku) {
    if (level <= 3) return {4, {2, 2, false, {}}, 4 + 2 * level};
    if (level <= 6) return {6, {2, 3, false, {}}, 12 + 3 * (level - 4)};
    return {9, {3, 3, false, {}}, 36 + 5 * (level - 7)};
  }
  const int size = ByLevel(level, 4, 6);
  const int open = size * size * ByLevel(level, 40, kind == Kind::kFutoshiki ? 70 : 60) / 100;
  return {size, {0, 0, kind == Kind::kDiagonal, {}}, open};
}

// A random full grid: the first found with the first row shuffled and symbols renamed.
std::optional<IntGrid> Full(Rng& rng, const Params& params) {
  const int n = params.size;
  IntGrid grid(std::size_t(n), std::vector<int>(std::size_t(n), 0));
  const auto first = RandomOrder(rng, n);
  for (int c = 0; c < n; ++c) grid[0][c] = first[c] + 1;
  // A few more cells at random make the rest differ from draw to draw.
  for (int i = 0; i < n; ++i) {
    const auto r = int(rng.Int(1, n - 1));
    const auto c = int(rng.Int(0, n - 1));
    const auto value = int(rng.Int(1, n));
    if (grid[r][c] != 0 || !LatinAllows(grid, params.rules, r, c, value)) continue;
    IntGrid trial = grid;
    trial[r][c] = value;
    IntGrid found;
    if (CountLatin(trial, params.rules, 1, &found) == 1 && !found.empty()) grid = trial;
  }
  IntGrid found;
  if (CountLatin(grid, params.rules, 1, &found) == 0 || found.empty()) return std::nullopt;
  return found;
}

void AddSigns(Rng& rng, Params& params, const IntGrid& full) {
  const int n = params.size;
  for (int r = 0; r < n; ++r) {
    for (int c = 0; c < n; ++c) {
      for (const auto& [dr, dc] : {std::pair{0, 1}, std::pair{1, 0}}) {
        if (r + dr >= n || c + dc >= n || !rng.Chance(0.3)) continue;
        const bool smaller = full[r][c] < full[r + dr][c + dc];
        params.rules.less.push_back(smaller ? std::vector<int>{r, c, r + dr, c + dc}
                                            : std::vector<int>{r + dr, c + dc, r, c});
      }
    }
  }
}

IntGrid Open(Rng& rng, const Params& params, IntGrid grid) {
  int left = params.open;
  for (const int cell : RandomOrder(rng, params.size * params.size)) {
    if (left == 0) break;
    int& value = grid[cell / params.size][cell % params.size];
    const int kept = value;
    value = 0;
    if (CountLatin(grid, params.rules, 2) == 1) {
      --left;
    } else {
      value = kept;
    }
  }
  return grid;
}

std::string SignsText(const LatinRules& rules) {
  std::string text;
  for (const auto& p : rules.less) {
    text += "(" + std::to_string(p[0] + 1) + "," + std::to_string(p[1] + 1) + ") < (" +
            std::to_string(p[2] + 1) + "," + std::to_string(p[3] + 1) + ")\n";
  }
  return text;
}

std::string RulesText(Kind kind, const Params& params) {
  const std::string n = std::to_string(params.size);
  std::string text = "each row and each column holds every number from 1 to " + n + " once";
  if (kind == Kind::kSudoku) {
    text += ", and so does each box of " + std::to_string(params.rules.box_rows) + " rows and " +
            std::to_string(params.rules.box_columns) + " columns";
  }
  if (kind == Kind::kDiagonal) text += ", and so does each of the two long diagonals";
  return text;
}

std::optional<Draft> Generate(Kind kind, Rng& rng, int level) {
  Params params = ForLevel(kind, level);
  const auto full = Full(rng, params);
  if (!full) return std::nullopt;
  if (kind == Kind::kFutoshiki) AddSigns(rng, params, *full);
  const IntGrid givens = Open(rng, params, *full);
  const auto open = std::count_if(givens.begin(), givens.end(), [](const auto& row) {
    return std::count(row.begin(), row.end(), 0) > 0;
  });
  if (open < 2) return std::nullopt;

  Draft draft;
  std::string grid = GridText(givens);
  if (kind == Kind::kFutoshiki) {
    grid += "\n\nSigns, as (row,column), both counted from 1 at the upper left:\n" +
            SignsText(params.rules);
    grid.pop_back();
  }
  const Slots slots = {{"rules", RulesText(kind, params)}, {"grid", grid}};
  Ask(rng, draft,
      Say(rng,
          {"Fill in the grid so that {rules}. A dot is an empty cell.\n\n{grid}",
           "In the finished grid {rules}. Complete it; dots are empty cells.\n\n{grid}",
           "Replace every dot by a number such that {rules}.\n\n{grid}"},
          slots),
      AnswerForm::kBlock, "the full grid, one row a line, numbers separated by blanks,");
  draft.reference = GridText(*full);
  Json data = {{"givens", givens}};
  if (params.rules.box_rows > 0) {
    data["box_rows"] = params.rules.box_rows;
    data["box_columns"] = params.rules.box_columns;
  }
  if (kind == Kind::kDiagonal) data["diagonals"] = true;
  if (kind == Kind::kFutoshiki) data["less"] = params.rules.less;
  draft.verifier = LogicSpec("latin", data);
  draft.tags = {"grid", "constraints"};
  draft.fingerprint = grid;
  auto swapped = *full;
  std::swap(swapped[0], swapped[1]);
  draft.near_misses = {GridText(swapped), GridText(givens, "1")};
  draft.params = {{"givens", givens},
                  {"box_rows", params.rules.box_rows},
                  {"box_columns", params.rules.box_columns},
                  {"diagonals", kind == Kind::kDiagonal},
                  {"less", params.rules.less}};
  return draft;
}

std::optional<std::string> Prove(const Draft& draft) {
  IntGrid solution;
  const int count = CountLatinPlainly(draft.params, solution);
  if (count != 1)
    return "the grid has " + std::string(count == 0 ? "no" : "more than one") + " filling";
  if (GridText(solution) != draft.reference) return "another filling was found";
  return std::nullopt;
}

}  // namespace

Family Sudoku() {
  return {"sudoku",
          "logic",
          "Sudoku of 4, 6 or 9 rows",
          "Garns, Number Place, 1979",
          [](Rng& rng, int level) { return Generate(Kind::kSudoku, rng, level); },
          Prove};
}

Family Futoshiki() {
  return {"futoshiki",
          "logic",
          "Latin squares with less-than signs",
          "Futoshiki (Tamaki Seto, 2001)",
          [](Rng& rng, int level) { return Generate(Kind::kFutoshiki, rng, level); },
          Prove};
}

Family DiagonalLatin() {
  return {"diagonal_latin",
          "logic",
          "Latin squares with both diagonals",
          "Euler, Recherches sur une nouvelle espece de quarres magiques, 1782",
          [](Rng& rng, int level) { return Generate(Kind::kDiagonal, rng, level); },
          Prove};
}

}  // namespace assay
