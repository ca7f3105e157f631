// Sokoban rooms: breadth-first search over player and boxes; the proof replays the solution
// backwards by pulling.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Rows = std::vector<std::string>;

constexpr std::string_view kLetters = "UDLR";

struct Room {
  int width = 0;
  std::vector<bool> wall;
  std::vector<int> goals;  // sorted

  int Step(std::size_t letter) const {
    return letter == 0 ? -width : letter == 1 ? width : letter == 2 ? -1 : 1;
  }
};

struct State {
  int player = 0;
  std::vector<int> boxes;  // sorted
};

bool Has(const std::vector<int>& boxes, int cell) {
  return std::find(boxes.begin(), boxes.end(), cell) != boxes.end();
}

// A state as a number of 6 bits a cell: player, box, box (none: 63), the smaller box first.
using Code = unsigned;
constexpr Code kNone = 63;

Code Coded(Code player, Code box, Code other) {
  return player | std::min(box, other) << 6 | std::max(box, other) << 12;
}

Code CodeOf(const State& state) {
  return Coded(Code(state.player), Code(state.boxes[0]),
               state.boxes.size() > 1 ? Code(state.boxes[1]) : kNone);
}

// The state after the step, or the same one where it is not possible.
Code Walk(const Room& room, Code code, int step) {
  const auto player = Code(int(code & 63U) + step);
  Code box = code >> 6 & 63U;
  Code other = code >> 12;
  if (room.wall[player]) return code;
  if (player == other) std::swap(box, other);
  if (player == box) {
    box = Code(int(box) + step);
    if (room.wall[box] || box == other) return code;
  }
  return Coded(player, box, other);
}

// A shortest solution, or nothing (also where more than `most` states were seen).
std::optional<std::string> Solve(const Room& room, const State& start, std::size_t most) {
  struct Node {
    Code code;
    std::size_t before;
    char letter;
  };
  const Code goal = CodeOf({0, room.goals});
  std::vector<bool> seen(std::size_t{1} << 18, false);
  std::vector<Node> queue = {{CodeOf(start), 0, ' '}};
  seen[queue[0].code] = true;
  for (std::size_t i = 0; i < queue.size() && queue.size() < most; ++i) {
    const Code code = queue[i].code;
    if (code >> 6 == goal >> 6) {
      std::string moves;
      for (std::size_t at = i; at != 0; at = queue[at].before) moves += queue[at].letter;
      return std::string(moves.rbegin(), moves.rend());
    }
    for (std::size_t letter = 0; letter < 4; ++letter) {
      const Code next = Walk(room, code, room.Step(letter));
      if (seen[next]) continue;
      seen[next] = true;
      queue.push_back({next, i, kLetters[letter]});
    }
  }
  return std::nullopt;
}

Rows Picture(const Room& room, const State& state) {
  Rows rows;
  for (std::size_t cell = 0; cell < room.wall.size(); ++cell) {
    if (cell % std::size_t(room.width) == 0) rows.emplace_back();
    const int c = int(cell);
    rows.back() += room.wall[cell]       ? '#'
                   : c == state.player   ? '@'
                   : Has(state.boxes, c) ? '$'
                   : Has(room.goals, c)  ? '.'
                                         : ' ';
  }
  return rows;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int boxes = level <= 3 ? 1 : 2;
  Room room;
  room.width = ByLevel(level, 6, 8);
  const int height = ByLevel(level, 6, 7);
  std::vector<int> inside;
  for (int cell = 0; cell < room.width * height; ++cell) {
    const int r = cell / room.width;
    const int c = cell % room.width;
    const bool border = r == 0 || c == 0 || r == height - 1 || c == room.width - 1;
    room.wall.push_back(border || rng.Chance(0.15));
    if (!room.wall.back()) inside.push_back(cell);
  }
  if (int(inside.size()) < 3 * boxes + 4) return std::nullopt;
  rng.Shuffle(inside);
  State start;
  start.player = inside[0];
  start.boxes.assign(inside.begin() + 1, inside.begin() + 1 + boxes);
  room.goals.assign(inside.begin() + 1 + boxes, inside.begin() + 1 + 2 * boxes);
  std::sort(start.boxes.begin(), start.boxes.end());
  std::sort(room.goals.begin(), room.goals.end());
  const auto moves = Solve(room, start, 6000);
  if (!moves || int(moves->size()) < ByLevel(level, 6, 24) ||
      int(moves->size()) > ByLevel(level, 14, 60)) {
    return std::nullopt;
  }

  Draft draft;
  const Rows rows = Picture(room, start);
  std::string picture;
  for (const auto& row : rows) picture += (picture.empty() ? "" : "\n") + row;
  const std::size_t most = 2 * moves->size();
  const Slots slots = {{"room", "```\n" + picture + "\n```"}, {"most", std::to_string(most)}};
  Ask(rng, draft,
      Say(rng,
          {"In this warehouse @ is you, $ a box, . a place for a box and # a wall. You walk up, "
           "down, left or right and push a box by walking into it, if the cell behind it is free; "
           "boxes cannot be pulled, nor two pushed at once. Get a box onto each . in at most "
           "{most} steps.\n\n{room}",
           "Solve this Sokoban level (@ player, $ box, . goal, # wall) with no more than {most} "
           "moves:\n\n{room}\n\nThe player moves one cell at a time and can push a single box "
           "ahead, never pull.",
           "A robot (@) has to push every crate ($) to a marked spot (.). It moves in the four "
           "main directions, cannot pass walls (#), pushes one crate at a time and cannot pull. "
           "{most} moves are allowed.\n\n{room}"},
          slots),
      AnswerForm::kLine, "the steps as letters U, D, L, R in order, separated by blanks");
  for (const char move : *moves) {
    draft.reference += (draft.reference.empty() ? "" : " ") + std::string(1, move);
  }
  draft.verifier = LogicSpec("sokoban", {{"rows", rows}, {"most", most}});
  draft.tags = {"planning", "grid"};
  draft.fingerprint = picture;
  draft.unique = false;
  const std::string too_long(most + 1, 'U');
  draft.near_misses = {draft.reference.substr(0, draft.reference.size() - 2), too_long};
  draft.params = {{"rows", rows}, {"moves", *moves}};
  return draft;
}

// From the picture: boxes on the goals, the player behind the last push; every step undone, with
// the box pulled back where the step was a push, must lead to the start.
std::optional<std::string> Prove(const Draft& draft) {
  const auto rows = draft.params["rows"].get<Rows>();
  const auto moves = draft.params["moves"].get<std::string>();
  const auto step = [](char move) {
    return std::pair(move == 'U'   ? -1
                     : move == 'D' ? 1
                                   : 0,
                     move == 'L'   ? -1
                     : move == 'R' ? 1
                                   : 0);
  };
  int r = 0;
  int c = 0;
  IntGrid box(rows.size(), std::vector<int>(rows[0].size(), 0));
  for (int i = 0; i < int(rows.size()); ++i) {
    for (int j = 0; j < int(rows[0].size()); ++j) {
      if (rows[i][j] == '@') {
        r = i;
        c = j;
      }
      box[i][j] = rows[i][j] == '.' ? 1 : 0;
    }
  }
  for (const char move : moves) {
    r += step(move).first;
    c += step(move).second;
    if (rows[r][c] == '#') return "the player walks through a wall";
  }
  // Which steps were pushes is known from the boxes' side: replay forwards to mark them.
  std::vector<bool> pushed;
  IntGrid now(rows.size(), std::vector<int>(rows[0].size(), 0));
  int pr = 0;
  int pc = 0;
  for (int i = 0; i < int(rows.size()); ++i) {
    for (int j = 0; j < int(rows[0].size()); ++j) {
      now[i][j] = rows[i][j] == '$' ? 1 : 0;
      if (rows[i][j] == '@') {
        pr = i;
        pc = j;
      }
    }
  }
  for (const char move : moves) {
    const auto [dr, dc] = step(move);
    pr += dr;
    pc += dc;
    pushed.push_back(now[pr][pc] == 1);
    if (!pushed.back()) continue;
    now[pr][pc] = 0;
    if (rows[pr + dr][pc + dc] == '#' || ++now[pr + dr][pc + dc] > 1) return "a push is blocked";
  }
  for (std::size_t i = moves.size(); i-- > 0;) {
    const auto [dr, dc] = step(moves[i]);
    if (pushed[i]) {
      if (box[r + dr][c + dc] != 1) return "no box to pull back";
      box[r + dr][c + dc] = 0;
      ++box[r][c];
    }
    r -= dr;
    c -= dc;
  }
  for (int i = 0; i < int(rows.size()); ++i) {
    for (int j = 0; j < int(rows[0].size()); ++j) {
      if (box[i][j] != (rows[i][j] == '$' ? 1 : 0)) return "pulling back does not give the start";
    }
  }
  return std::nullopt;
}

}  // namespace

Family Sokoban() {
  return {"sokoban",
          "logic",
          "Push boxes onto goals",
          "Imabayashi, Sokoban, 1981; Dor and Zwick, SOKOBAN and other motion planning problems, "
          "1999",
          Generate,
          Prove};
}

}  // namespace assay
