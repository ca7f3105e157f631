// Nonograms that reasoning line by line solves.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Bits = unsigned;

std::vector<int> Runs(Bits line, int n) {
  std::vector<int> runs;
  bool inside = false;
  for (int i = 0; i < n; ++i) {
    const bool on = (line >> i & 1U) != 0;
    if (on && !inside) runs.push_back(0);
    if (on) ++runs.back();
    inside = on;
  }
  return runs;
}

// Every line of length n that has these runs from `at` on.
void Lines(const std::vector<int>& runs, std::size_t run, int at, int n, Bits line,
           std::vector<Bits>& into) {
  if (run == runs.size()) {
    into.push_back(line);
    return;
  }
  for (int begin = at; begin + runs[run] <= n; ++begin) {
    Lines(runs, run + 1, begin + runs[run] + 1, n, line | ((1U << runs[run]) - 1) << begin, into);
  }
}

struct Side {
  std::vector<std::vector<Bits>> candidates;  // of each line
  std::vector<Bits> all_on;                   // cells on in every candidate
  std::vector<Bits> some_on;                  // cells on in some candidate
};

Side MakeSide(const IntGrid& clues, int n) {
  Side side;
  for (const auto& runs : clues) {
    side.candidates.emplace_back();
    Lines(runs, 0, 0, n, 0, side.candidates.back());
  }
  side.all_on.assign(clues.size(), 0);
  side.some_on.assign(clues.size(), (1U << n) - 1);
  return side;
}

// Drops candidates of `side` that the crossing lines rule out; true when some were.
bool Narrow(Side& side, const Side& crossing) {
  bool changed = false;
  for (std::size_t line = 0; line < side.candidates.size(); ++line) {
    Bits must = 0;
    Bits may = 0;
    for (std::size_t i = 0; i < crossing.all_on.size(); ++i) {
      must |= (crossing.all_on[i] >> line & 1U) << i;
      may |= (crossing.some_on[i] >> line & 1U) << i;
    }
    auto& candidates = side.candidates[line];
    changed |= std::erase_if(candidates, [&](Bits candidate) {
                 return (candidate & must) != must || (candidate & ~may) != 0;
               }) > 0;
    Bits all = ~Bits{0};
    Bits some = 0;
    for (const Bits candidate : candidates) {
      all &= candidate;
      some |= candidate;
    }
    changed |= all != side.all_on[line] || some != side.some_on[line];
    side.all_on[line] = all;
    side.some_on[line] = some;
  }
  return changed;
}

// Whether line-by-line reasoning leaves one picture; `rounds` says how often it had to look.
bool LineSolves(const IntGrid& rows, const IntGrid& columns, int& rounds) {
  Side across = MakeSide(rows, int(columns.size()));
  Side down = MakeSide(columns, int(rows.size()));
  rounds = 0;
  bool changed = true;
  while (changed) {
    ++rounds;
    changed = Narrow(across, down);
    changed |= Narrow(down, across);
  }
  return std::all_of(across.candidates.begin(), across.candidates.end(),
                     [](const auto& candidates) { return candidates.size() == 1; });
}

std::string ClueText(const IntGrid& clues) {
  std::string text;
  for (std::size_t i = 0; i < clues.size(); ++i) {
    text += std::to_string(i + 1) + ": " + (clues[i].empty() ? "0" : Numbers(clues[i], " ")) + "\n";
  }
  text.pop_back();
  return text;
}

std::string Picture(const std::vector<Bits>& rows, int n) {
  std::string text;
  for (const Bits row : rows) {
    if (!text.empty()) text += "\n";
    for (int c = 0; c < n; ++c) text += (row >> c & 1U) != 0 ? '#' : '.';
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int height = ByLevel(level, 4, 10);
  const int width = ByLevel(level, 5, 10);
  std::vector<Bits> picture;
  for (int r = 0; r < height; ++r) {
    Bits row = 0;
    for (int c = 0; c < width; ++c) row |= Bits(rng.Chance(0.58)) << c;
    picture.push_back(row);
  }
  IntGrid rows;
  IntGrid columns;
  for (const Bits row : picture) rows.push_back(Runs(row, width));
  for (int c = 0; c < width; ++c) {
    Bits column = 0;
    for (int r = 0; r < height; ++r) column |= (picture[r] >> c & 1U) << r;
    columns.push_back(Runs(column, height));
  }
  int rounds = 0;
  if (!LineSolves(rows, columns, rounds) || rounds < ByLevel(level, 2, 4)) return std::nullopt;

  Draft draft;
  const std::string clues = "Rows, from the top:\n" + ClueText(rows) +
                            "\n\nColumns, from the left:\n" + ClueText(columns);
  Ask(rng, draft,
      Say(rng,
          {"Solve this nonogram of {h} rows and {w} columns. The numbers of a line are the lengths "
           "of its blocks of filled cells, in order; blocks are at least one cell apart (0: no "
           "filled cell).\n\n{clues}",
           "Paint cells of a grid with {h} rows and {w} columns. For every row and column the "
           "lengths of the groups of neighbouring painted cells are listed in order, with at least "
           "one blank cell between groups; 0 means none.\n\n{clues}",
           "A picture of {h} by {w} (rows by columns) pixels is described by the lengths of the "
           "runs of black pixels in each line, in order. Restore it.\n\n{clues}"},
          {{"h", std::to_string(height)}, {"w", std::to_string(width)}, {"clues", clues}}),
      AnswerForm::kBlock, "the picture, one row a line, # for filled and . for empty cells,");
  draft.reference = Picture(picture, width);
  draft.verifier = LogicSpec("nonogram", {{"rows", rows}, {"columns", columns}});
  draft.tags = {"grid", "constraints"};
  draft.fingerprint = clues;
  std::string inverted = draft.reference;
  for (char& c : inverted) c = c == '#' ? '.' : c == '.' ? '#' : c;
  std::string flipped = draft.reference;
  flipped[0] = flipped[0] == '#' ? '.' : '#';
  draft.near_misses = {inverted, flipped};
  draft.params = {{"rows", rows}, {"columns", columns}};
  return draft;
}

// Pictures, up to 2: row by row, with each column's runs so far compared to its clue.
int CountPictures(const IntGrid& rows, const IntGrid& columns, std::vector<Bits>& done,
                  std::vector<Bits>& solution) {
  const int width = int(columns.size());
  const int height = int(rows.size());
  for (int c = 0; c < width; ++c) {
    Bits column = 0;
    for (std::size_t r = 0; r < done.size(); ++r) column |= (done[r] >> c & 1U) << r;
    auto runs = Runs(column, height);
    const auto& clue = columns[c];
    const bool open = int(done.size()) < height && !runs.empty() && (done.back() >> c & 1U) != 0;
    if (runs.size() > clue.size()) return 0;
    if (int(done.size()) == height && runs != clue) return 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const bool last = open && i + 1 == runs.size();
      if (last ? runs[i] > clue[i] : runs[i] != clue[i]) return 0;
    }
    int needed = int(clue.size() - runs.size());  // cells that the rest of the clue takes
    for (std::size_t i = runs.size(); i < clue.size(); ++i) needed += clue[i];
    if (needed - 1 > height - int(done.size())) return 0;
  }
  if (int(done.size()) == height) {
    solution = done;
    return 1;
  }
  std::vector<Bits> lines;
  Lines(rows[done.size()], 0, 0, width, 0, lines);
  int found = 0;
  for (const Bits line : lines) {
    done.push_back(line);
    found += CountPictures(rows, columns, done, solution);
    done.pop_back();
    if (found >= 2) break;
  }
  return found;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto columns = draft.params["columns"].get<IntGrid>();
  std::vector<Bits> done;
  std::vector<Bits> solution;
  if (CountPictures(draft.params["rows"].get<IntGrid>(), columns, done, solution) != 1) {
    return "the clues have no picture or several";
  }
  if (Picture(solution, int(columns.size())) != draft.reference) return "another picture was found";
  return std::nullopt;
}

}  // namespace

Family Nonogram() {
  return {
      "nonogram",  "logic",
      "Nonograms", "Non Ishida, 1987; Ueda and Nagao, NP-completeness results for nonogram, 1996",
      Generate,    Prove};
}

}  // namespace assay
