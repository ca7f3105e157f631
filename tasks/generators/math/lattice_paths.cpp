// Shortest paths on a grid with closed crossings.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Point {
  int x;
  int y;
};

std::int64_t Paths(Point from, Point to) {
  return Choose(to.x - from.x + to.y - from.y, to.x - from.x);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Point end{static_cast<int>(rng.Int(2, ByLevel(level, 4, 10))),
                  static_cast<int>(rng.Int(2, ByLevel(level, 4, 10)))};
  const int closed = level < 3 ? 0 : (level < 7 ? 1 : 2);
  std::vector<Point> holes;
  for (int i = 0; i < closed; ++i) {
    holes.push_back({static_cast<int>(rng.Int(0, end.x)), static_cast<int>(rng.Int(0, end.y))});
    if (holes.back().x + holes.back().y == 0 || holes.back().x + holes.back().y == end.x + end.y)
      return std::nullopt;
  }
  if (closed == 2 && holes[0].x == holes[1].x && holes[0].y == holes[1].y) return std::nullopt;
  const Point start{0, 0};
  std::int64_t answer = Paths(start, end);
  for (const Point hole : holes) answer -= Paths(start, hole) * Paths(hole, end);
  if (closed == 2) {
    const auto both = [&](Point a, Point b) {
      return b.x >= a.x && b.y >= a.y ? Paths(start, a) * Paths(a, b) * Paths(b, end) : 0;
    };
    answer += both(holes[0], holes[1]) + both(holes[1], holes[0]);
  }
  if (answer < 3) return std::nullopt;
  std::vector<std::string> names;
  std::vector<std::vector<int>> listed;
  for (const Point hole : holes) {
    names.push_back("(" + std::to_string(hole.x) + ", " + std::to_string(hole.y) + ")");
    listed.push_back({hole.x, hole.y});
  }
  const std::string ban = names.empty() ? "" : " without passing through " + Listed(names, " or ");
  const std::string goal = "(" + std::to_string(end.x) + ", " + std::to_string(end.y) + ")";
  return MathDraft(rng, {{"How many paths lead from (0, 0) to {goal} if each step goes one unit "
                          "right or one unit up{ban}?",
                          "A robot starts at (0, 0) and may only move one unit to the right or one "
                          "unit up. In how many ways can it reach {goal}{ban}?"},
                         {{"goal", goal}, {"ban", ban}},
                         std::to_string(answer),
                         "combinatorics",
                         goal + ban,
                         {std::to_string(answer + 1),
                          std::to_string(closed > 0 ? Paths(start, end) : answer * 2)},
                         {{"end", {end.x, end.y}}, {"holes", listed}}});
}

// Fills in the number of ways, crossing by crossing.
std::optional<std::string> Prove(const Draft& draft) {
  const auto end = draft.params["end"].get<std::vector<int>>();
  const auto holes = draft.params["holes"].get<std::vector<std::vector<int>>>();
  std::vector<std::int64_t> ways(static_cast<std::size_t>(end[0]) + 1, 0);
  for (int y = 0; y <= end[1]; ++y) {
    for (int x = 0; x <= end[0]; ++x) {
      auto& here = ways[static_cast<std::size_t>(x)];
      if (x == 0 && y == 0) here = 1;
      if (x > 0) here += ways[static_cast<std::size_t>(x - 1)];
      for (const auto& hole : holes) {
        if (hole[0] == x && hole[1] == y) here = 0;
      }
    }
  }
  return Agree(draft, ways.back(), "filling the grid");
}

}  // namespace

Family LatticePaths() {
  return {"lattice_paths",
          "math",
          "Shortest paths on a grid with closed crossings",
          "Andre, paths and ballots (1887)",
          Generate,
          Prove};
}

}  // namespace assay
