// Puzzles whose answer is a sequence of moves; each move is carried out and checked.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr int kMaxMoves = 4096;

struct Step {
  int row = 0;
  int column = 0;
};

// "URDL", "u r d l", "up, right" as steps.
std::optional<std::vector<Step>> Steps(std::string_view answer) {
  std::vector<Step> steps;
  for (const std::string& word : Words(answer)) {
    std::string letters = word;
    for (const char* name : {"up", "down", "left", "right"}) {
      if (word == name) letters = word.substr(0, 1);
    }
    for (const char c : letters) {
      if (c == 'u') {
        steps.push_back({-1, 0});
      } else if (c == 'd') {
        steps.push_back({1, 0});
      } else if (c == 'l') {
        steps.push_back({0, -1});
      } else if (c == 'r') {
        steps.push_back({0, 1});
      } else {
        return std::nullopt;
      }
      if (steps.size() > std::size_t(kMaxMoves)) return std::nullopt;
    }
  }
  return steps;
}

std::string TooMany(std::int64_t most) { return "more than " + std::to_string(most) + " moves"; }

char& At(std::vector<std::string>& rows, int row, int column) {
  static thread_local char outside;
  outside = '#';
  if (row < 0 || column < 0 || row >= int(rows.size()) || column >= int(rows[0].size()))
    return outside;
  return rows[std::size_t(row)][std::size_t(column)];
}

std::optional<Step> Locate(const std::vector<std::string>& rows, char what) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto c = rows[r].find(what);
    if (c != std::string::npos) return Step{int(r), int(c)};
  }
  return std::nullopt;
}

}  // namespace

// {"pegs": [[3, 2, 1], [], []] (bottom first), "goal": [[], [], [3, 2, 1]], "most": n}: moves like
// "1->3" between pegs numbered from 1.
PuzzleCheck MakeHanoi(Fields& fields, const std::string&) {
  const auto start = ReadIntLists(fields, "pegs", 1, 64);
  const auto goal = ReadIntLists(fields, "goal", 1, 64);
  const auto most = fields.Int("most", 1, kMaxMoves);
  if (start.size() < 3 || start.size() > 5 || goal.size() != start.size()) {
    fields.Refuse("pegs", "expected 3 to 5 pegs here and in \"goal\"");
  }
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto pegs_named = WholeNumbers(answer);
    if (!pegs_named || pegs_named->empty() || pegs_named->size() % 2 != 0)
      return "not a list of moves";
    if (std::int64_t(pegs_named->size()) > 2 * most) return TooMany(most);
    auto pegs = start;
    for (std::size_t i = 0; i < pegs_named->size(); i += 2) {
      const auto from = (*pegs_named)[i] - 1;
      const auto to = (*pegs_named)[i + 1] - 1;
      const auto count = std::int64_t(pegs.size());
      if (from < 0 || to < 0 || from >= count || to >= count) return "there is no such peg";
      auto& source = pegs[std::size_t(from)];
      auto& into = pegs[std::size_t(to)];
      const std::string move = "move " + std::to_string(i / 2 + 1);
      if (source.empty()) return move + " takes from an empty peg";
      if (!into.empty() && into.back() < source.back())
        return move + " puts a disk on a smaller one";
      const int disk = source.back();
      source.pop_back();
      into.push_back(disk);
    }
    if (pegs != goal) return "the disks do not end where they should";
    return std::nullopt;
  };
}

// {"board": [[1, 2], [3, 0]], "most": n}: the letters U D L R say where a tile moves into the gap;
// in the end the tiles stand in order with the gap last.
PuzzleCheck MakeSliding(Fields& fields, const std::string&) {
  const auto board = ReadIntLists(fields, "board", 0, 99);
  const auto most = fields.Int("most", 1, kMaxMoves);
  bool fine = !board.empty();
  int gap_row = -1;
  int gap_column = -1;
  for (std::size_t r = 0; r < board.size(); ++r) {
    fine = fine && !board[r].empty() && board[r].size() == board[0].size();
    for (std::size_t c = 0; c < board[r].size(); ++c) {
      if (board[r][c] != 0) continue;
      gap_row = int(r);
      gap_column = int(c);
    }
  }
  if (!fine || gap_row < 0) fields.Refuse("board", "expected equally long rows with one 0");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto steps = Steps(answer);
    if (!steps || steps->empty()) return "not a sequence of U, D, L, R";
    if (std::int64_t(steps->size()) > most) return TooMany(most);
    auto state = board;
    int row = gap_row;
    int column = gap_column;
    for (const Step& step : *steps) {
      const int r = row - step.row;  // the tile moves into the gap, the gap the other way
      const int c = column - step.column;
      if (r < 0 || c < 0 || r >= int(state.size()) || c >= int(state[0].size()))
        return "there is no tile to move";
      std::swap(state[std::size_t(row)][std::size_t(column)],
                state[std::size_t(r)][std::size_t(c)]);
      row = r;
      column = c;
    }
    int expected = 1;
    const int last = int(state.size() * state[0].size());
    for (const auto& line : state) {
      for (const int tile : line) {
        if (tile != expected % last) return "the tiles do not end in order";
        ++expected;
      }
    }
    return std::nullopt;
  };
}

// {"rows": ["S.#", "..G"], "most": n}: U D L R from S to G, not through '#'.
PuzzleCheck MakeMaze(Fields& fields, const std::string&) {
  const auto rows = ReadRows(fields, "rows");
  const auto most = fields.Int("most", 1, kMaxMoves);
  const auto start = Locate(rows, 'S');
  if (!start || !Locate(rows, 'G')) fields.Refuse("rows", "must hold S and G");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto steps = Steps(answer);
    if (!steps || steps->empty()) return "not a sequence of U, D, L, R";
    if (std::int64_t(steps->size()) > most) return TooMany(most);
    auto maze = rows;
    Step here = *start;
    for (const Step& step : *steps) {
      here.row += step.row;
      here.column += step.column;
      if (At(maze, here.row, here.column) == '#') return "it runs into a wall";
    }
    if (At(maze, here.row, here.column) != 'G') return "it does not end at G";
    return std::nullopt;
  };
}

// {"rows": ["#####", "#@$.#"], "most": n}: the player @ pushes boxes $ onto the goals '.'.
PuzzleCheck MakeSokoban(Fields& fields, const std::string&) {
  const auto rows = ReadRows(fields, "rows");
  const auto most = fields.Int("most", 1, kMaxMoves);
  const auto start = Locate(rows, '@');
  if (!start || !Locate(rows, '$') || !Locate(rows, '.'))
    fields.Refuse("rows", "must hold @, $ and .");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto steps = Steps(answer);
    if (!steps || steps->empty()) return "not a sequence of U, D, L, R";
    if (std::int64_t(steps->size()) > most) return TooMany(most);
    auto state = rows;
    Step here = *start;
    for (const Step& step : *steps) {
      here.row += step.row;
      here.column += step.column;
      char& cell = At(state, here.row, here.column);
      if (cell == '#') return "it runs into a wall";
      if (cell != '$') continue;
      char& beyond = At(state, here.row + step.row, here.column + step.column);
      if (beyond == '#' || beyond == '$') return "a box cannot be pushed there";
      beyond = '$';
      cell = ' ';
    }
    auto original = rows;
    for (int r = 0; r < int(rows.size()); ++r) {
      for (int c = 0; c < int(rows[0].size()); ++c) {
        if (At(original, r, c) == '.' && At(state, r, c) != '$') return "a goal has no box";
      }
    }
    return std::nullopt;
  };
}

// {"items": ["wolf", …], "conflicts": [[0, 1]], "seats": n (besides the ferryman), "most": n}: one
// crossing a line or between ';': the items taken, or "nothing".
PuzzleCheck MakeRiver(Fields& fields, const std::string&) {
  auto items = fields.Strings("items");
  for (std::string& item : items) item = Lower(item);
  const auto conflicts = ReadIntLists(fields, "conflicts", 0, 15);
  const auto seats = fields.Int("seats", 1, 8);
  const auto most = fields.Int("most", 1, 256);
  if (items.empty() || items.size() > 16) fields.Refuse("items", "expected 1 to 16 items");
  for (const auto& pair : conflicts) {
    if (pair.size() != 2 || std::size_t(std::max(pair[0], pair[1])) >= items.size()) {
      fields.Refuse("conflicts", "expected pairs of item numbers");
      return nullptr;
    }
  }
  return [=](std::string_view answer) -> std::optional<std::string> {
    std::vector<bool> across(items.size(), false);
    bool boat = false;
    std::int64_t moves = 0;
    std::string text(answer);
    std::replace(text.begin(), text.end(), '\n', ';');
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find(';', begin), text.size());
      auto words = Words(std::string_view(text).substr(begin, end - begin));
      std::erase(words, "and");  // "goat and cabbage"
      begin = end + 1;
      if (words.empty()) continue;
      if (++moves > most) return TooMany(most);
      if (std::int64_t(words.size()) > seats) return "the boat is too small";
      for (const std::string& word : words) {
        if (word == "nothing" && words.size() == 1) continue;
        const auto found = std::find(items.begin(), items.end(), word);
        if (found == items.end()) return "\"" + word.substr(0, 40) + "\" is none of the items";
        const auto item = std::size_t(found - items.begin());
        if (across[item] != boat) return word + " is on the other bank";
        across[item] = !boat;
      }
      boat = !boat;
      for (const auto& pair : conflicts) {
        const bool together = across[std::size_t(pair[0])] == across[std::size_t(pair[1])];
        if (together && across[std::size_t(pair[0])] != boat) {
          return items[std::size_t(pair[0])] + " and " + items[std::size_t(pair[1])] +
                 " are left alone";
        }
      }
    }
    if (std::count(across.begin(), across.end(), false) > 0) return "not everything has crossed";
    return std::nullopt;
  };
}

// {"capacities": [3, 5], "goal": 4, "most": n}: moves "fill 2", "empty 1", "pour 2 1"; in the end
// some jug holds the goal.
PuzzleCheck MakeJugs(Fields& fields, const std::string&) {
  const auto capacities = ReadInts(fields, "capacities", 1, 1000);
  const auto goal = fields.Int("goal", 1, 1000);
  const auto most = fields.Int("most", 1, kMaxMoves);
  if (capacities.size() < 2) fields.Refuse("capacities", "expected at least two jugs");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto words = Words(answer);
    std::vector<int> level(capacities.size(), 0);
    const auto jug = [&](std::size_t i) -> std::optional<std::size_t> {
      if (i >= words.size()) return std::nullopt;
      const auto number = WholeNumbers(words[i]);
      if (!number || number->size() != 1 || (*number)[0] < 1 ||
          (*number)[0] > std::int64_t(level.size())) {
        return std::nullopt;
      }
      return std::size_t((*number)[0] - 1);
    };
    std::int64_t moves = 0;
    for (std::size_t i = 0; i < words.size(); i += words[i] == "pour" ? 3 : 2) {
      if (++moves > most) return TooMany(most);
      const auto first = jug(i + 1);
      if (!first) return "move " + std::to_string(moves) + " is not understood";
      if (words[i] == "fill") {
        level[*first] = capacities[*first];
      } else if (words[i] == "empty") {
        level[*first] = 0;
      } else {
        const auto second = jug(i + 2);
        if (words[i] != "pour" || !second || *second == *first)
          return "move " + std::to_string(moves) + " is not understood";
        const int amount = std::min(level[*first], capacities[*second] - level[*second]);
        level[*first] -= amount;
        level[*second] += amount;
      }
    }
    if (std::count(level.begin(), level.end(), int(goal)) == 0)
      return "no jug holds " + std::to_string(goal);
    return std::nullopt;
  };
}

}  // namespace assay
