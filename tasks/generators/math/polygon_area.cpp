// Area of a polygon from its corners.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Points = std::vector<std::vector<std::int64_t>>;

// Twice the signed area.
std::int64_t Shoelace(const Points& p) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto& a = p[i];
    const auto& b = p[(i + 1) % p.size()];
    sum += a[0] * b[1] - b[0] * a[1];
  }
  return sum;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t corners = level < 4 ? 3 : (level < 8 ? 4 : 5);
  const std::int64_t size = ByLevel(level, 5, 20);
  Points points;
  std::string listed;
  for (std::size_t i = 0; i < corners; ++i) {
    points.push_back({rng.Int(-size, size), rng.Int(-size, size)});
    listed += (i > 0 ? ", " : "") + std::string("(") + std::to_string(points[i][0]) + ", " +
              std::to_string(points[i][1]) + ")";
  }
  // Convex and listed counter-clockwise: then no reading of "polygon" is in doubt.
  for (std::size_t i = 0; i < corners; ++i) {
    if (Shoelace({points[i], points[(i + 1) % corners], points[(i + 2) % corners]}) <= 0)
      return std::nullopt;
  }
  for (std::size_t i = 2; i + 1 < corners; ++i) {
    if (Shoelace({points[0], points[i], points[i + 1]}) <= 0) return std::nullopt;
  }
  const std::int64_t twice = Shoelace(points);
  return MathDraft(rng, {{"Find the area of the polygon with the corners {listed}, in this order.",
                          "The points {listed} are joined in this order and back to the first. "
                          "What area do they enclose? Give the exact value."},
                         {{"listed", listed}},
                         Tex(Ratio(twice, 2)),
                         "geometry",
                         listed,
                         {Tex(Ratio(twice)), Tex(Ratio(twice + 1, 2))},
                         {{"points", points}}});
}

// Adds the areas under the edges.
std::optional<std::string> Prove(const Draft& draft) {
  const auto p = draft.params["points"].get<Points>();
  Ratio area;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto& a = p[i];
    const auto& b = p[(i + 1) % p.size()];
    area = area + Ratio(a[0] - b[0]) * Ratio(a[1] + b[1], 2);
  }
  return Agree(draft, area, "the areas under the edges");
}

}  // namespace

Family PolygonArea() {
  return {"polygon_area",
          "math",
          "Area of a polygon from its corners",
          "Shoelace formula (Meister, 1769; Gauss)",
          Generate,
          Prove};
}

}  // namespace assay
