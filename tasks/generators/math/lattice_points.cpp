// Lattice points inside a triangle.
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::int64_t Cross(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                   std::int64_t x, std::int64_t y) {
  return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 5, 40);
  std::vector<std::vector<std::int64_t>> p;
  for (int i = 0; i < 3; ++i) p.push_back({rng.Int(0, size), rng.Int(0, size)});
  const std::int64_t twice = std::abs(Cross(p[0], p[1], p[2][0], p[2][1]));
  std::int64_t border = 0;
  std::string listed;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& a = p[i];
    const auto& b = p[(i + 1) % 3];
    border += std::gcd(a[0] - b[0], a[1] - b[1]);
    listed += (i == 0   ? ""
               : i == 1 ? ", "
                        : " and ") +
              std::string("(") + std::to_string(a[0]) + ", " + std::to_string(a[1]) + ")";
  }
  const std::int64_t inside = (twice - border + 2) / 2;
  if (twice == 0 || inside < 2) return std::nullopt;
  return MathDraft(rng, {{"How many points with whole-number coordinates lie strictly inside the "
                          "triangle with the corners {listed}?",
                          "A triangle has the corners {listed}. Count the lattice points in its "
                          "interior (not on its sides)."},
                         {{"listed", listed}},
                         std::to_string(inside),
                         "geometry",
                         listed,
                         {std::to_string(inside + border), std::to_string(inside + 1),
                          std::to_string(inside - 1)},
                         {{"points", p}, {"size", size}}});
}

// Tests every point of the square around it.
std::optional<std::string> Prove(const Draft& draft) {
  const auto p = draft.params["points"].get<std::vector<std::vector<std::int64_t>>>();
  const auto size = draft.params["size"].get<std::int64_t>();
  std::int64_t count = 0;
  for (std::int64_t x = 0; x <= size; ++x) {
    for (std::int64_t y = 0; y <= size; ++y) {
      const std::int64_t s0 = Cross(p[0], p[1], x, y);
      const std::int64_t s1 = Cross(p[1], p[2], x, y);
      const std::int64_t s2 = Cross(p[2], p[0], x, y);
      if ((s0 > 0 && s1 > 0 && s2 > 0) || (s0 < 0 && s1 < 0 && s2 < 0)) ++count;
    }
  }
  return Agree(draft, count, "testing every point");
}

}  // namespace

Family LatticePoints() {
  return {"lattice_points",
          "math",
          "Lattice points inside a triangle",
          "Pick, Geometrisches zur Zahlenlehre (1899)",
          Generate,
          Prove};
}

}  // namespace assay
