// Area, radii and heights of triangles with whole sides and whole area.
#include <array>
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Sides = std::array<std::int64_t, 3>;

const std::vector<std::string>& Asks() {
  static const std::vector<std::string> asks = {
      "the area of the triangle", "the radius of the inscribed circle",
      "the height on the side of length {c}", "the radius of the circumscribed circle",
      "the product of the three heights"};
  return asks;
}

// `twice` is twice the area.
Ratio Measure(const Sides& s, std::int64_t twice, int ask) {
  switch (ask) {
    case 0:
      return {twice, 2};
    case 1:
      return {twice, s[0] + s[1] + s[2]};
    case 2:
      return {twice, s[2]};
    case 3:
      return {s[0] * s[1] * s[2], 2 * twice};
    default:
      return Ratio(twice, s[0]) * Ratio(twice, s[1]) * Ratio(twice, s[2]);
  }
}

std::optional<Draft> Generate(Rng& rng, int level) {
  // Two right triangles with a common leg: (m^2 - n^2, 2mn, m^2 + n^2) and multiples.
  const int most = ByLevel(level, 3, 6);
  const auto leg = [&](std::array<std::int64_t, 3>& triple) {
    const auto m = rng.Int(2, most);
    const auto n = rng.Int(1, m - 1);
    triple = {m * m - n * n, 2 * m * n, m * m + n * n};
    if (rng.Chance(0.5)) std::swap(triple[0], triple[1]);
  };
  Sides left{};
  Sides right{};
  leg(left);
  leg(right);
  const auto height = std::lcm(left[0], right[0]);
  if (height > 900) return std::nullopt;
  const auto x = left[1] * (height / left[0]);
  const auto y = right[1] * (height / right[0]);
  const bool obtuse = level >= 4 && x != y && rng.Chance(0.5);
  const Sides sides = {left[2] * (height / left[0]), right[2] * (height / right[0]),
                       obtuse ? std::abs(x - y) : x + y};
  const auto twice = sides[2] * height;
  if (sides[0] + sides[1] + sides[2] > ByLevel(level, 120, 900)) return std::nullopt;
  const int ask = int(level <= 3 ? rng.Int(0, 1) : (level <= 7 ? rng.Int(0, 3) : rng.Int(1, 4)));
  const Ratio value = Measure(sides, twice, ask);
  if (value.top > 1'000'000'000 || (level >= 8 && ask == 4 && value.bottom > 100'000))
    return std::nullopt;
  const std::string a = std::to_string(sides[0]);
  const std::string b = std::to_string(sides[1]);
  const std::string c = std::to_string(sides[2]);
  const std::string what = Say(rng, {Asks()[std::size_t(ask)]}, {{"c", c}});
  return MathDraft(rng,
                   {{"A triangle has sides of length {a}, {b} and {c}. Find {what}.",
                     "The sides of a triangle measure {a}, {b} and {c}. What is {what}?",
                     "In a triangle with side lengths {a}, {b}, {c}, determine {what} exactly."},
                    {{"a", a}, {"b", b}, {"c", c}, {"what", what}},
                    Tex(value),
                    "geometry",
                    a + " " + b + " " + c + " " + std::to_string(ask),
                    {Tex(value * 2), Tex(value / 2), Tex(value + 1)},
                    {{"sides", {sides[0], sides[1], sides[2]}}, {"ask", ask}}});
}

// Heron's formula: sixteen times the square of the area from the sides alone.
std::optional<std::string> Prove(const Draft& draft) {
  const auto s = draft.params["sides"].get<Sides>();
  const std::int64_t sixteen =
      (s[0] + s[1] + s[2]) * (-s[0] + s[1] + s[2]) * (s[0] - s[1] + s[2]) * (s[0] + s[1] - s[2]);
  std::int64_t root = 0;  // four times the area
  for (std::int64_t bit = std::int64_t(1) << 31; bit > 0; bit /= 2) {
    if ((root + bit) * (root + bit) <= sixteen) root += bit;
  }
  if (root * root != sixteen || root % 2 != 0) return "Heron's formula gives no rational area";
  return Agree(draft, Measure(s, root / 2, draft.params["ask"].get<int>()), "Heron's formula");
}

}  // namespace

Family TriangleMeasures() {
  return {"triangle_measures",
          "math",
          "Area, radii and heights of a triangle",
          "Heron of Alexandria, Metrica; Brahmagupta's triangles",
          Generate,
          Prove};
}

}  // namespace assay
