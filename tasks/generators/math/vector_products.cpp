// Dot and cross products.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Vector = std::vector<std::int64_t>;

std::string Show(const Vector& v) {
  std::string text = "(";
  for (std::size_t i = 0; i < v.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(v[i]);
  return text + ")";
}

Vector Cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

std::int64_t Dot(const Vector& a, const Vector& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 4, 15);
  const std::size_t n = level < 3 ? 2 : 3;
  std::vector<Vector> v(3, Vector(n));
  for (auto& one : v) {
    for (auto& entry : one) entry = rng.Int(-size, size);
  }
  const int kind = level < 4 ? 0 : (level < 8 ? 1 : 2);  // dot, cross, scalar triple product
  const Vector cross = n == 3 ? Cross(v[0], v[1]) : Vector{0, 0, 0};
  if (kind == 1 && cross == Vector{0, 0, 0}) return std::nullopt;
  const std::int64_t number = kind == 0 ? Dot(v[0], v[1]) : kind == 2 ? Dot(cross, v[2]) : 1;
  if (number == 0) return std::nullopt;
  const std::string names = "\\(a = " + Show(v[0]) + "\\) and \\(b = " + Show(v[1]) + "\\)";
  const std::vector<std::string> wordings =
      kind == 0   ? std::vector<std::string>{"Compute the dot product of the vectors {ab}.", "Let {ab}. What is \\(a \\cdot b\\)?"}
      : kind == 1 ? std::vector<std::string>{"Compute the cross product \\(a \\times b\\) of {ab}. Give it as a tuple.", "Let {ab}. Find \\(a \\times b\\) as a tuple."}
                  : std::vector<std::string>{"Let {ab}, and let \\(c = {c}\\). Compute \\((a \\times b) \\cdot c\\)."};
  const std::string reference = kind == 1 ? Show(cross) : std::to_string(number);
  return MathDraft(
      rng, {wordings,
            {{"ab", names}, {"c", Show(v[2])}},
            reference,
            "linear algebra",
            names + Show(v[2]) + std::to_string(kind),
            {kind == 1 ? Show({-cross[0], -cross[1], -cross[2]}) : std::to_string(-number),
             kind == 1 ? Show({cross[0], cross[1], cross[2] + 1}) : std::to_string(number + 1)},
            {{"v", v}, {"kind", kind}}});
}

// A cross product is at right angles to both and as long as Lagrange's identity says; products are
// otherwise recomputed from lengths (polarisation).
std::optional<std::string> Prove(const Draft& draft) {
  const auto v = draft.params["v"].get<std::vector<Vector>>();
  const int kind = draft.params["kind"].get<int>();
  const auto square = [](const Vector& a) { return Dot(a, a); };
  if (kind == 0) {
    Vector sum = v[0];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += v[1][i];
    return Agree(draft, (square(sum) - square(v[0]) - square(v[1])) / 2, "polarisation");
  }
  const Vector cross = Cross(v[0], v[1]);
  if (Dot(cross, v[0]) != 0 || Dot(cross, v[1]) != 0) return "not at right angles";
  if (square(cross) != square(v[0]) * square(v[1]) - Dot(v[0], v[1]) * Dot(v[0], v[1]))
    return "of the wrong length";
  if (kind == 1) return Agree(draft, Show(cross), "Lagrange's identity");
  // Expansion of the determinant along its last row, another order of the same sum.
  const auto& a = v[0];
  const auto& b = v[1];
  const auto& c = v[2];
  const std::int64_t determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) -
                                   a[1] * (b[0] * c[2] - b[2] * c[0]) +
                                   a[2] * (b[0] * c[1] - b[1] * c[0]);
  return Agree(draft, determinant, "the determinant");
}

}  // namespace

Family VectorProducts() {
  return {"vector_products",
          "math",
          "Dot and cross products",
          "Gibbs, Elements of Vector Analysis (1881)",
          Generate,
          Prove};
}

}  // namespace assay
