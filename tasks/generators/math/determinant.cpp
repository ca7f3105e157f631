// Determinants.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Matrix = std::vector<std::vector<std::int64_t>>;

// Expansion along the first row.
std::int64_t Expand(const Matrix& m) {
  if (m.size() == 1) return m[0][0];
  std::int64_t sum = 0;
  for (std::size_t c = 0; c < m.size(); ++c) {
    Matrix minor;
    for (std::size_t r = 1; r < m.size(); ++r) {
      minor.emplace_back();
      for (std::size_t k = 0; k < m.size(); ++k) {
        if (k != c) minor.back().push_back(m[r][k]);
      }
    }
    sum += (c % 2 == 0 ? 1 : -1) * m[0][c] * Expand(minor);
  }
  return sum;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t n = level < 3 ? 2 : (level < 8 ? 3 : 4);
  const std::int64_t size = ByLevel(level, 4, 11);
  Matrix m(n, std::vector<std::int64_t>(n));
  for (auto& row : m) {
    for (auto& entry : row) entry = rng.Int(-size, size);
  }
  const std::int64_t answer = Expand(m);
  if (answer == 0) return std::nullopt;
  const std::string text = MatrixTex(m);
  return MathDraft(
      rng, {{"Compute the determinant of \\({m}\\).", "What is \\(\\det {m}\\)?",
             "A matrix is given by \\({m}\\). Find its determinant."},
            {{"m", text}},
            std::to_string(answer),
            "linear algebra",
            text,
            {std::to_string(-answer), std::to_string(answer + m[0][0] + (m[0][0] == 0 ? 1 : 0))},
            {{"matrix", m}}});
}

// Fraction-free elimination (Bareiss).
std::optional<std::string> Prove(const Draft& draft) {
  auto m = draft.params["matrix"].get<Matrix>();
  std::int64_t before = 1;
  std::int64_t sign = 1;
  for (std::size_t k = 0; k + 1 < m.size(); ++k) {
    std::size_t pivot = k;
    while (pivot < m.size() && m[pivot][k] == 0) ++pivot;
    if (pivot == m.size()) return "elimination finds a determinant of 0";
    if (pivot != k) {
      std::swap(m[pivot], m[k]);
      sign = -sign;
    }
    for (std::size_t i = k + 1; i < m.size(); ++i) {
      for (std::size_t j = k + 1; j < m.size(); ++j)
        m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) / before;
    }
    before = m[k][k];
  }
  return Agree(draft, sign * m.back().back(), "elimination");
}

}  // namespace

Family Determinant() {
  return {"determinant",  "math",
          "Determinants", "Leibniz, letter to l'Hopital (1693); Laplace expansion",
          Generate,       Prove};
}

}  // namespace assay
