// Lights out: presses toggle a lamp and its neighbours.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Bits = std::uint64_t;

Bits Press(int height, int width, int cell) {
  const int r = cell / width;
  const int c = cell % width;
  Bits bits = Bits{1} << cell;
  if (r > 0) bits |= Bits{1} << (cell - width);
  if (r + 1 < height) bits |= Bits{1} << (cell + width);
  if (c > 0) bits |= Bits{1} << (cell - 1);
  if (c + 1 < width) bits |= Bits{1} << (cell + 1);
  return bits;
}

// A smallest set of presses that switches `lamps` off, by elimination over GF(2); the kernel is
// searched in full.
std::optional<Bits> FewestPresses(int height, int width, Bits lamps) {
  const int n = height * width;
  std::vector<std::pair<Bits, Bits>> rows;  // lamps toggled, by which presses
  for (int i = 0; i < n; ++i) rows.emplace_back(Press(height, width, i), Bits{1} << i);
  std::vector<Bits> kernel;
  Bits presses = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto [toggled, by] = rows[i];
    if (toggled == 0) {
      kernel.push_back(by);
      continue;
    }
    const Bits pivot = toggled & (~toggled + 1);
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      if ((rows[j].first & pivot) == 0) continue;
      rows[j].first ^= toggled;
      rows[j].second ^= by;
    }
    if ((lamps & pivot) != 0) {
      lamps ^= toggled;
      presses ^= by;
    }
  }
  if (lamps != 0) return std::nullopt;
  Bits best = presses;
  for (Bits choice = 1; choice < Bits{1} << kernel.size(); ++choice) {
    Bits other = presses;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      if ((choice >> i & 1U) != 0) other ^= kernel[i];
    }
    if (__builtin_popcountll(other) < __builtin_popcountll(best)) best = other;
  }
  return best;
}

std::string CellsText(const std::vector<int>& cells, int width) {
  std::string text;
  for (const int cell : cells) {
    text += (text.empty() ? "(" : ", (") + std::to_string(cell / width + 1) + "," +
            std::to_string(cell % width + 1) + ")";
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int height = level <= 4 ? int(rng.Int(3, 4)) : level <= 7 ? int(rng.Int(4, 5)) : 5;
  const int width = level <= 2 ? 4 : level <= 7 ? int(rng.Int(4, 5)) : 6;
  const int count = ByLevel(level, 4, 11);
  const auto order = RandomOrder(rng, height * width);
  Bits lamps = 0;
  for (int i = 0; i < count; ++i) lamps ^= Press(height, width, order[i]);
  const auto best = FewestPresses(height, width, lamps);
  if (!best || __builtin_popcountll(*best) != count || lamps == 0) return std::nullopt;
  std::vector<int> pressed;
  IntGrid grid(std::size_t(height), std::vector<int>(std::size_t(width), 0));
  for (int i = 0; i < height * width; ++i) {
    grid[i / width][i % width] = int(lamps >> i & 1U);
    if ((*best >> i & 1U) != 0) pressed.push_back(i);
  }

  Draft draft;
  const std::string board = GridText(grid, "0");
  const Slots slots = {{"grid", board}, {"count", std::to_string(count)}};
  Ask(rng, draft,
      Say(rng,
          {"A board of lamps (1 is on, 0 is off): pressing a lamp switches it and the lamps right "
           "above, below, left and right of it. Switch all lamps off with at most {count} "
           "presses.\n\n{grid}",
           "Touching a field of this panel inverts the field and its neighbours up, down, left and "
           "right. Choose at most {count} fields whose touching turns every 1 into 0.\n\n{grid}",
           "In this game of Lights Out, 1 stands for a light that is on. A press toggles a light "
           "together with those directly beside it, not diagonally. Find presses, {count} at most, "
           "that put out everything.\n\n{grid}"},
          slots),
      AnswerForm::kLine,
      "the lamps to press as (row,column), counted from 1 at the upper left, separated by commas");
  draft.reference = CellsText(pressed, width);
  draft.verifier = LogicSpec("lights", {{"lamps", grid}, {"most", count}});
  draft.tags = {"grid", "linear algebra"};
  draft.fingerprint = board;
  draft.unique = false;
  std::vector<int> lit;
  for (int i = 0; i < height * width; ++i) {
    if (grid[i / width][i % width] == 1) lit.push_back(i);
  }
  // One press too few leaves its cross on; the other two press too often.
  draft.near_misses = {CellsText(std::vector<int>(pressed.begin() + 1, pressed.end()), width),
                       CellsText(RandomOrder(rng, height * width), width)};
  if (lit != pressed && int(lit.size()) > count) draft.near_misses.push_back(CellsText(lit, width));
  draft.params = {{"height", height}, {"width", width}, {"lamps", lamps}, {"count", count}};
  return draft;
}

// Chasing: the first row's presses decide all others, row by row.
std::optional<std::string> Prove(const Draft& draft) {
  const int height = draft.params["height"].get<int>();
  const int width = draft.params["width"].get<int>();
  const auto lamps = draft.params["lamps"].get<Bits>();
  int best = height * width + 1;
  for (Bits first = 0; first < Bits{1} << width; ++first) {
    Bits state = lamps;
    int presses = 0;
    for (int cell = 0; cell < height * width; ++cell) {
      const bool press =
          cell < width ? (first >> cell & 1U) != 0 : (state >> (cell - width) & 1U) != 0;
      if (!press) continue;
      state ^= Press(height, width, cell);
      ++presses;
    }
    if (state == 0) best = std::min(best, presses);
  }
  if (best == draft.params["count"].get<int>()) return std::nullopt;
  return "the fewest presses are " + std::to_string(best);
}

}  // namespace

Family LightsOut() {
  return {"lights_out",
          "logic",
          "Switch all lamps off",
          "Lights Out (Tiger Electronics, 1995); Anderson and Feil, Turning lights out with linear "
          "algebra, 1998",
          Generate,
          Prove};
}

}  // namespace assay
