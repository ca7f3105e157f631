// Write a function about points in the plane: hulls, distances, triangles, under drawn rules.
#include <algorithm>
#include <set>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Metric { kSquare, kManhattan, kChebyshev };
enum class Goal { kFarthest, kNearest, kWithin, kHullArea, kHullCorners, kRightTriangles, kBoxes };

struct Params {
  Goal goal = Goal::kFarthest;
  Metric metric = Metric::kSquare;
  std::int64_t radius = 0;           // kWithin
  std::int64_t divisor = 0;          // points with x + y divisible by it are ignored; 0: none
  std::optional<std::int64_t> left;  // points with x below it are ignored
};

using Point = std::pair<std::int64_t, std::int64_t>;

std::int64_t Distance(const Params& params, const Point& a, const Point& b) {
  const auto dx = std::abs(a.first - b.first);
  const auto dy = std::abs(a.second - b.second);
  if (params.metric == Metric::kManhattan) return dx + dy;
  return params.metric == Metric::kChebyshev ? std::max(dx, dy) : dx * dx + dy * dy;
}

std::int64_t Cross(const Point& o, const Point& a, const Point& b) {
  return (a.first - o.first) * (b.second - o.second) - (a.second - o.second) * (b.first - o.first);
}

// Gift wrapping; Python uses the monotone chain.
std::vector<Point> Hull(const std::vector<Point>& points) {
  if (points.size() < 3) return points;
  std::vector<Point> hull;
  Point here = *std::min_element(points.begin(), points.end());
  do {
    hull.push_back(here);
    Point next = points[0] == here ? points[1] : points[0];
    for (const Point& point : points) {
      const auto turn = Cross(here, next, point);
      const auto far = [&](const Point& p) {
        return (p.first - here.first) * (p.first - here.first) +
               (p.second - here.second) * (p.second - here.second);
      };
      if (turn < 0 || (turn == 0 && far(point) > far(next))) next = point;
    }
    here = next;
  } while (here != hull[0]);
  return hull;
}

std::vector<Point> PointsOf(const Params& params, const Json& list) {
  std::set<Point> points;
  for (const Json& item : list) {
    const Point point{item[0], item[1]};
    const bool ignored =
        (params.divisor != 0 && (point.first + point.second) % params.divisor == 0) ||
        (params.left && point.first < *params.left);
    if (!ignored) points.insert(point);
  }
  return {points.begin(), points.end()};
}

std::int64_t RightTriangles(const std::vector<Point>& points) {
  std::int64_t count = 0;
  for (const Point& corner : points) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t j = i + 1; j < points.size(); ++j) {
        if (points[i] == corner || points[j] == corner) continue;
        const auto dot = (points[i].first - corner.first) * (points[j].first - corner.first) +
                         (points[i].second - corner.second) * (points[j].second - corner.second);
        count += dot == 0 ? 1 : 0;
      }
    }
  }
  return count;
}

// Rectangles with sides along the axes and all four corners among the points.
std::int64_t Boxes(const std::vector<Point>& points) {
  const std::set<Point> known(points.begin(), points.end());
  std::int64_t count = 0;
  for (const Point& a : points) {
    for (const Point& b : points) {
      const bool diagonal = a.first < b.first && a.second < b.second;
      if (diagonal && known.count({a.first, b.second}) > 0 && known.count({b.first, a.second}) > 0)
        ++count;
    }
  }
  return count;
}

Json Solve(const Params& params, const Json& arguments) {
  const auto points = PointsOf(params, arguments[0]);
  std::optional<std::int64_t> best;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const auto distance = Distance(params, points[i], points[j]);
      const bool better =
          !best || (params.goal == Goal::kNearest ? distance < *best : distance > *best);
      if (better) best = distance;
      count += distance <= params.radius ? 1 : 0;
    }
  }
  switch (params.goal) {
    case Goal::kFarthest:
    case Goal::kNearest:
      return best ? Json(*best) : Json();
    case Goal::kWithin:
      return count;
    case Goal::kRightTriangles:
      return RightTriangles(points);
    case Goal::kBoxes:
      return Boxes(points);
    case Goal::kHullCorners:
      return Hull(points).size();
    case Goal::kHullArea: {
      const auto hull = Hull(points);
      std::int64_t area = 0;
      for (std::size_t i = 1; i + 1 < hull.size(); ++i)
        area += Cross(hull[0], hull[i], hull[i + 1]);
      return std::abs(area);
    }
  }
  return Json();
}

std::string Python(const Params& params) {
  static const std::vector<std::string> metrics = {"(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2",
                                                   "abs(a[0] - b[0]) + abs(a[1] - b[1])",
                                                   "max(abs(a[0] - b[0]), abs(a[1] - b[1]))"};
  std::string keep = "True";
  if (params.divisor != 0) keep += " and (x + y) % {divisor} != 0";
  if (params.left) keep += " and x >= {left}";
  std::string text =
      "from itertools import combinations\n\n\ndef measure(points):\n"
      "    points = sorted({(x, y) for x, y in points if " +
      keep + "})\n";
  const std::string distances = "    distances = [" + metrics[std::size_t(params.metric)] +
                                " for a, b in combinations(points, 2)]\n";
  switch (params.goal) {
    case Goal::kFarthest:
      text += distances + "    return max(distances, default=None)\n";
      break;
    case Goal::kNearest:
      text += distances + "    return min(distances, default=None)\n";
      break;
    case Goal::kWithin:
      text += distances + "    return sum(1 for d in distances if d <= {radius})\n";
      break;
    case Goal::kRightTriangles:
      text += R"(    count = 0
    for o in points:
        arms = [(x - o[0], y - o[1]) for x, y in points if (x, y) != o]
        count += sum(1 for a, b in combinations(arms, 2) if a[0] * b[0] + a[1] * b[1] == 0)
    return count
)";
      break;
    case Goal::kBoxes:
      text += R"(    known = set(points)
    return sum(1 for a, b in combinations(points, 2)
               if a[0] < b[0] and a[1] < b[1] and (a[0], b[1]) in known and (b[0], a[1]) in known)
)";
      break;
    case Goal::kHullArea:
    case Goal::kHullCorners:
      text += R"(    def half(points):
        chain = []
        for p in points:
            while len(chain) > 1 and ((chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1])
                                      - (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0])) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    hull = half(points) + half(points[::-1]) if len(points) > 1 else points
)";
      text += params.goal == Goal::kHullCorners
                  ? "    return len(hull)\n"
                  : "    return abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(hull, hull[1:] + "
                    "hull[:1])))\n";
  }
  return Fill(text, {{"divisor", std::to_string(params.divisor)},
                     {"left", std::to_string(params.left.value_or(0))},
                     {"radius", std::to_string(params.radius)}});
}

std::string Words(const Params& params) {
  static const std::vector<std::string> metrics = {
      "the square of the Euclidean distance, (x1 - x2)^2 + (y1 - y2)^2,",
      "the Manhattan distance |x1 - x2| + |y1 - y2|",
      "the Chebyshev distance max(|x1 - x2|, |y1 - y2|)"};
  std::string text = "Points that occur several times count once. ";
  if (params.divisor != 0) text += "Points whose x + y is divisible by {divisor} are ignored. ";
  if (params.left) text += "Points with x < {left} are ignored. ";
  const std::string metric = metrics[std::size_t(params.metric)];
  switch (params.goal) {
    case Goal::kFarthest:
      text += "Return the largest value of " + metric +
              " between two of the points, or None if there are "
              "fewer than two.";
      break;
    case Goal::kNearest:
      text += "Return the smallest value of " + metric +
              " between two different points, or None if there "
              "are fewer than two.";
      break;
    case Goal::kWithin:
      text += "Return the number of pairs of points for which " + metric + " is at most {radius}.";
      break;
    case Goal::kHullArea:
      text += "Return twice the area of their convex hull (0 if it has no area).";
      break;
    case Goal::kHullCorners:
      text +=
          "Return the number of corners of their convex hull: points inside it or in the middle of "
          "one of "
          "its sides are no corners, a single point is one corner, and points on one line have "
          "two.";
      break;
    case Goal::kRightTriangles:
      text += "Return the number of right-angled triangles with corners among the points.";
      break;
    case Goal::kBoxes:
      text +=
          "Return the number of rectangles with sides parallel to the axes that have all four "
          "corners "
          "among the points.";
  }
  return Fill(text, {{"divisor", std::to_string(params.divisor)},
                     {"left", std::to_string(params.left.value_or(0))},
                     {"radius", std::to_string(params.radius)}});
}

Json DrawInput(Rng& rng, int count, int span) {
  Json points = Json::array();
  for (int i = 0; i < count; ++i) points.push_back({rng.Int(-span, span), rng.Int(-span, span)});
  if (count > 2 && rng.Chance(0.3)) points.push_back(points[0]);
  return Json::array({points});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.goal = Goal(level <= 3 ? rng.Int(0, 2) : (level <= 6 ? rng.Int(1, 6) : rng.Int(3, 6)));
  params.metric = Metric(rng.Int(0, 2));
  params.radius = params.metric == Metric::kSquare ? rng.Int(8, 60) : rng.Int(3, 8);
  if (level >= 2) params.divisor = rng.Int(3, 9);
  if (level >= 5) params.left = rng.Int(-6, -2);
  const bool dense = params.goal == Goal::kBoxes || params.goal == Goal::kRightTriangles;
  const int span = dense ? 4 : 9;
  FunctionTask task;
  task.entry = "measure";
  task.inputs = {DrawInput(rng, 5, 5), DrawInput(rng, 6, 5), DrawInput(rng, 0, 5),
                 DrawInput(rng, 1, 5), DrawInput(rng, 2, 5)};
  for (const char* edge :
       {"[[[0, 1], [1, 2], [2, 3], [5, 6]]]", "[[[1, 1], [1, 4], [4, 1], [4, 4], [1, 1]]]"}) {
    task.inputs.push_back(Json::parse(edge));
  }
  for (int i = 0; i < 10; ++i)
    task.inputs.push_back(DrawInput(rng, int(rng.Int(5, dense ? 26 : 18)), span));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  if (params.divisor != 0) change([](Params& p) { p.divisor = 0; });
  if (params.divisor != 0) change([](Params& p) { ++p.divisor; });
  if (params.left) change([](Params& p) { p.left.reset(); });
  if (int(params.goal) <= int(Goal::kWithin)) {
    change([](Params& p) { p.metric = Metric((int(p.metric) + 1) % 3); });
  }
  if (params.goal == Goal::kWithin) change([](Params& p) { ++p.radius; });
  change([](Params& p) {
    p.goal = p.goal == Goal::kHullCorners ? Goal::kHullArea : Goal::kHullCorners;
  });
  SetRules(task, params, wrong, Solve, Python);
  task.question =
      Say(rng,
          {"Write a Python function `measure(points)`, where `points` is a list of points [x, y] "
           "with whole coordinates. {words}",
           "Given points of the plane as lists [x, y] of two integers, implement "
           "`measure(points)` in Python. {words}"},
          {{"words", Words(params)}});
  task.tags = {"geometry"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  task.most_alike = 0.7;
  return FunctionDraft(rng, task);
}

}  // namespace

Family PointSets() {
  return {"point_sets",
          "code",
          "Distances, hulls and shapes of points",
          "Andrew, monotone chain (1979); Jarvis (1973)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
