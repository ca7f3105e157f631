// Mazes with loops: breadth-first search; the proof relaxes distances.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Rows = std::vector<std::string>;

constexpr int kRowStep[] = {-1, 1, 0, 0};
constexpr int kColumnStep[] = {0, 0, -1, 1};
constexpr std::string_view kLetters = "UDLR";

// Rooms at odd places, carved by a random depth-first walk; `loops` more walls fall.
Rows Carve(Rng& rng, int height, int width, int loops) {
  Rows rows(std::size_t(2 * height + 1), std::string(std::size_t(2 * width + 1), '#'));
  std::vector<std::pair<int, int>> way = {{1, 1}};
  rows[1][1] = '.';
  while (!way.empty()) {
    const auto [r, c] = way.back();
    std::vector<int> open;
    for (int d = 0; d < 4; ++d) {
      const int nr = r + 2 * kRowStep[d];
      const int nc = c + 2 * kColumnStep[d];
      if (nr > 0 && nc > 0 && nr < 2 * height && nc < 2 * width && rows[nr][nc] == '#')
        open.push_back(d);
    }
    if (open.empty()) {
      way.pop_back();
      continue;
    }
    const int d = rng.Pick(open);
    rows[r + kRowStep[d]][c + kColumnStep[d]] = '.';
    way.emplace_back(r + 2 * kRowStep[d], c + 2 * kColumnStep[d]);
    rows[way.back().first][way.back().second] = '.';
  }
  for (int i = 0; i < loops; ++i) {
    const int r = int(rng.Int(1, 2 * height - 1));
    const int c = int(rng.Int(1, 2 * width - 1));
    if ((r + c) % 2 == 1) rows[r][c] = '.';
  }
  return rows;
}

std::pair<int, int> Locate(const Rows& rows, char what) {
  for (int r = 0; r < int(rows.size()); ++r) {
    const auto c = rows[r].find(what);
    if (c != std::string::npos) return {r, int(c)};
  }
  return {0, 0};
}

std::string ShortestWay(const Rows& rows) {
  const int width = int(rows[0].size());
  const auto [sr, sc] = Locate(rows, 'S');
  const auto [gr, gc] = Locate(rows, 'G');
  std::vector<int> came(rows.size() * rows[0].size(), -1);
  std::vector<int> queue = {sr * width + sc};
  came[queue[0]] = 4;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (int d = 0; d < 4; ++d) {
      const int next = queue[i] + kRowStep[d] * width + kColumnStep[d];
      if (rows[next / width][next % width] == '#' || came[next] >= 0) continue;
      came[next] = d;
      queue.push_back(next);
    }
  }
  std::string way;
  for (int at = gr * width + gc; came[at] != 4;) {
    const int d = came[at];
    way += kLetters[std::size_t(d)];
    at -= kRowStep[d] * width + kColumnStep[d];
  }
  std::reverse(way.begin(), way.end());
  return way;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int height = ByLevel(level, 3, 9);
  const int width = ByLevel(level, 3, 10);
  Rows rows = Carve(rng, height, width, ByLevel(level, 1, 14));
  const auto room = [&] {
    return std::pair(int(2 * rng.Int(0, height - 1) + 1), int(2 * rng.Int(0, width - 1) + 1));
  };
  const auto start = room();
  const auto goal = room();
  if (start == goal) return std::nullopt;
  rows[start.first][start.second] = 'S';
  rows[goal.first][goal.second] = 'G';
  const std::string way = ShortestWay(rows);
  if (int(way.size()) < ByLevel(level, 4, 30)) return std::nullopt;

  Draft draft;
  std::string grid;
  for (const auto& row : rows) grid += (grid.empty() ? "" : "\n") + row;
  const Slots slots = {{"grid", grid}, {"most", std::to_string(way.size())}};
  Ask(rng, draft,
      Say(rng,
          {"Find a way through this maze from S to G in at most {most} steps. # is wall; a step "
           "goes "
           "up, down, left or right to a cell that is not wall.\n\n{grid}",
           "A robot stands at S and should reach G with no more than {most} moves (U, D, L, R: one "
           "cell up, down, left, right). It cannot enter #.\n\n{grid}",
           "Walk from S to G without touching the walls (#). The shortest walk takes {most} steps; "
           "find one of that length.\n\n{grid}"},
          slots),
      AnswerForm::kLine, "the steps as letters U, D, L, R in order, separated by blanks");
  std::string spaced;
  for (const char c : way) spaced += (spaced.empty() ? "" : " ") + std::string(1, c);
  draft.reference = spaced;
  draft.verifier = LogicSpec("maze", {{"rows", rows}, {"most", way.size()}});
  draft.tags = {"planning", "grid"};
  draft.fingerprint = grid;
  draft.unique = false;
  draft.near_misses = {spaced.substr(0, spaced.size() - 2), way + "UD",
                       std::string(way.rbegin(), way.rend()) + "UDLR"};
  draft.params = {{"rows", rows}};
  return draft;
}

// Distances from G, lowered until nothing changes.
std::optional<std::string> Prove(const Draft& draft) {
  const auto rows = draft.params["rows"].get<Rows>();
  const int far = int(rows.size() * rows[0].size());
  IntGrid distance(rows.size(), std::vector<int>(rows[0].size(), far));
  const auto [gr, gc] = Locate(rows, 'G');
  distance[gr][gc] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (int r = 1; r + 1 < int(rows.size()); ++r) {
      for (int c = 1; c + 1 < int(rows[0].size()); ++c) {
        if (rows[r][c] == '#') continue;
        const int near = std::min(
            {distance[r - 1][c], distance[r + 1][c], distance[r][c - 1], distance[r][c + 1]});
        if (near + 1 >= distance[r][c]) continue;
        distance[r][c] = near + 1;
        changed = true;
      }
    }
  }
  const auto [sr, sc] = Locate(rows, 'S');
  if (distance[sr][sc] == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the shortest way has " + std::to_string(distance[sr][sc]) + " steps";
}

}  // namespace

Family Maze() {
  return {"maze",
          "logic",
          "A shortest way through a maze",
          "Moore, The shortest path through a maze, 1959",
          Generate,
          Prove};
}

}  // namespace assay
