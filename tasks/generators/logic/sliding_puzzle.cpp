// Sliding tiles a few moves away from order: iterative deepening; the proof searches from both
// ends.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

constexpr std::string_view kLetters = "UDLR";  // where the tile goes

struct Board {
  int height = 0;
  int width = 0;
  std::vector<int> tiles;  // 0 is the gap
  int gap = 0;

  // The cell whose tile would move that way into the gap, or -1.
  int Source(char letter) const {
    const int r = gap / width;
    const int c = gap % width;
    if (letter == 'U') return r + 1 < height ? gap + width : -1;
    if (letter == 'D') return r > 0 ? gap - width : -1;
    if (letter == 'L') return c + 1 < width ? gap + 1 : -1;
    return c > 0 ? gap - 1 : -1;
  }
  void Move(int source) {
    std::swap(tiles[gap], tiles[source]);
    gap = source;
  }
  // The sum of the tiles' distances from their places: no solution is shorter.
  int Bound() const {
    int sum = 0;
    for (int cell = 0; cell < int(tiles.size()); ++cell) {
      if (tiles[cell] == 0) continue;
      const int home = tiles[cell] - 1;
      sum += std::abs(home / width - cell / width) + std::abs(home % width - cell % width);
    }
    return sum;
  }
};

Board Ordered(int height, int width) {
  Board board{height, width, {}, height * width - 1};
  for (int i = 1; i < height * width; ++i) board.tiles.push_back(i);
  board.tiles.push_back(0);
  return board;
}

char Opposite(char letter) {
  return letter == 'U' ? 'D' : letter == 'D' ? 'U' : letter == 'L' ? 'R' : 'L';
}

bool Deepen(Board& board, int left, std::string& moves) {
  const int bound = board.Bound();
  if (bound == 0) return true;
  if (bound > left) return false;
  for (const char letter : kLetters) {
    if (!moves.empty() && letter == Opposite(moves.back())) continue;
    const int source = board.Source(letter);
    if (source < 0) continue;
    const int gap = board.gap;
    board.Move(source);
    moves += letter;
    if (Deepen(board, left - 1, moves)) return true;
    moves.pop_back();
    board.Move(gap);
  }
  return false;
}

IntGrid Rows(const Board& board) {
  IntGrid rows;
  for (int r = 0; r < board.height; ++r) {
    const auto begin = board.tiles.begin() + r * board.width;
    rows.emplace_back(begin, begin + board.width);
  }
  return rows;
}

std::string Spaced(const std::string& moves) {
  std::string text;
  for (const char move : moves) text += (text.empty() ? "" : " ") + std::string(1, move);
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::pair<int, int>> kSizes = {{3, 3}, {3, 4}, {4, 3}, {4, 4},
                                                          {3, 5}, {2, 4}, {2, 5}};
  const auto [height, width] = rng.Pick(kSizes);
  Board board = Ordered(height, width);
  const int length = ByLevel(level, 9, 22);
  char last = ' ';
  for (int i = 0; i < length; ++i) {
    const char letter = kLetters[std::size_t(rng.Int(0, 3))];
    const int source = board.Source(letter);
    if (source < 0 || (last != ' ' && letter == Opposite(last))) {
      --i;
      continue;
    }
    board.Move(source);
    last = letter;
  }
  const Board start = board;
  std::string moves;
  int most = board.Bound();
  while (!Deepen(board, most, moves)) ++most;
  if (int(moves.size()) < length - 2) return std::nullopt;

  Draft draft;
  const std::string grid = GridText(Rows(start), "_");
  std::string goal = GridText(Rows(Ordered(height, width)), "_");
  const Slots slots = {{"grid", grid}, {"goal", goal}, {"most", std::to_string(moves.size())}};
  Ask(rng, draft,
      Say(rng,
          {"A sliding puzzle; _ is the gap, and a tile beside it can slide into it.\n\n{grid}\n\n"
           "Bring the tiles into this order in at most {most} moves:\n\n{goal}",
           "Slide tiles into the gap (_) to get from\n\n{grid}\n\nto\n\n{goal}\n\nwith no more "
           "than "
           "{most} slides.",
           "The board\n\n{grid}\n\nhas one free place, _. In a move a neighbouring tile (above, "
           "below, left or right of it) is pushed there. {most} moves are enough to "
           "reach\n\n{goal}\n\nFind them."},
          slots),
      AnswerForm::kLine,
      "the moves in order, each the direction in which the tile moves: U, D, L or R, separated by "
      "blanks");
  draft.reference = Spaced(moves);
  draft.verifier = LogicSpec("sliding", {{"board", Rows(start)}, {"most", moves.size()}});
  draft.tags = {"planning", "puzzle"};
  draft.fingerprint = grid;
  draft.unique = false;
  draft.near_misses = {Spaced(moves.substr(0, moves.size() - 1)), Spaced(moves + "UD")};
  draft.params = {{"height", height}, {"width", width}, {"tiles", start.tiles}};
  draft.params["gap"] = start.gap;
  return draft;
}

using Layer = std::map<std::vector<int>, int>;  // tiles -> gap

Layer Next(const Layer& layer, const Layer& before, Board shape) {
  Layer next;
  for (const auto& [tiles, gap] : layer) {
    for (const char letter : kLetters) {
      shape.tiles = tiles;
      shape.gap = gap;
      const int source = shape.Source(letter);
      if (source < 0) continue;
      shape.Move(source);
      if (before.count(shape.tiles) == 0) next.emplace(shape.tiles, shape.gap);
    }
  }
  return next;
}

bool Meet(const Layer& a, const Layer& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& one) { return b.count(one.first) > 0; });
}

// Layers of equal distance from both ends until they meet.
std::optional<std::string> Prove(const Draft& draft) {
  const Board end = Ordered(draft.params["height"].get<int>(), draft.params["width"].get<int>());
  Layer front = {{draft.params["tiles"].get<std::vector<int>>(), draft.params["gap"].get<int>()}};
  Layer back = {{end.tiles, end.gap}};
  Layer front_before;
  Layer back_before;
  int length = 0;
  while (!Meet(front, back)) {
    Layer& layer = length % 2 == 0 ? front : back;
    Layer& before = length % 2 == 0 ? front_before : back_before;
    Layer next = Next(layer, before, end);
    before = std::move(layer);
    layer = std::move(next);
    ++length;
  }
  if (length == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the shortest solution has " + std::to_string(length) + " moves";
}

}  // namespace

Family SlidingPuzzle() {
  return {"sliding_puzzle",
          "logic",
          "Sliding tiles into order",
          "Chapman, the fifteen puzzle, 1880; Korf, Depth-first iterative-deepening, 1985",
          Generate,
          Prove};
}

}  // namespace assay
