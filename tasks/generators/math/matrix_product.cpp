// Products and powers of matrices.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Matrix = std::vector<std::vector<std::int64_t>>;

Matrix Times(const Matrix& a, const Matrix& b) {
  Matrix product(a.size(), std::vector<std::int64_t>(b[0].size(), 0));
  for (std::size_t r = 0; r < a.size(); ++r) {
    for (std::size_t c = 0; c < b[0].size(); ++c) {
      for (std::size_t k = 0; k < b.size(); ++k) product[r][c] += a[r][k] * b[k][c];
    }
  }
  return product;
}

Matrix Random(Rng& rng, std::size_t n, std::int64_t size) {
  Matrix m(n, std::vector<std::int64_t>(n));
  for (auto& row : m) {
    for (auto& entry : row) entry = rng.Int(-size, size);
  }
  return m;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t n = level < 6 ? 2 : 3;
  const bool power = level > 3 && rng.Chance(0.5);
  const std::int64_t size = ByLevel(level, 4, power ? 5 : 12);
  const Matrix a = Random(rng, n, size);
  const Matrix b = power ? a : Random(rng, n, size);
  const int exponent = power ? ByLevel(level, 2, 4) : 2;
  Matrix answer = a;
  for (int i = 1; i < exponent; ++i) answer = Times(answer, b);
  Matrix slipped = answer;
  slipped[0][0] += 1;
  Matrix turned(n, std::vector<std::int64_t>(n));
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t c = 0; c < n; ++c) turned[c][r] = answer[r][c];
  }
  if (turned == answer || answer == Matrix(n, std::vector<std::int64_t>(n, 0))) return std::nullopt;
  const std::string formula = power ? MatrixTex(a) + "^{" + std::to_string(exponent) + "}"
                                    : MatrixTex(a) + " " + MatrixTex(b);
  return MathDraft(rng, {{"Compute \\({f}\\) and give the resulting matrix.",
                          "Work out the matrix \\({f}\\).", "What matrix is \\({f}\\)?"},
                         {{"f", formula}},
                         MatrixTex(answer),
                         "linear algebra",
                         formula,
                         {MatrixTex(slipped), MatrixTex(turned)},
                         {{"a", a}, {"b", b}, {"exponent", exponent}}});
}

// Maps each unit vector through the factors, from the right.
std::optional<std::string> Prove(const Draft& draft) {
  const auto a = draft.params["a"].get<Matrix>();
  const auto b = draft.params["b"].get<Matrix>();
  const auto image = [](const Matrix& m, const std::vector<std::int64_t>& v) {
    std::vector<std::int64_t> out;
    for (const auto& row : m) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < v.size(); ++i) sum += row[i] * v[i];
      out.push_back(sum);
    }
    return out;
  };
  Matrix found(a.size(), std::vector<std::int64_t>(a.size()));
  for (std::size_t c = 0; c < a.size(); ++c) {
    std::vector<std::int64_t> v(a.size(), 0);
    v[c] = 1;
    for (int i = 1; i < draft.params["exponent"].get<int>(); ++i) v = image(b, v);
    v = image(a, v);
    for (std::size_t r = 0; r < a.size(); ++r) found[r][c] = v[r];
  }
  return Agree(draft, MatrixTex(found), "mapping unit vectors");
}

}  // namespace

Family MatrixProduct() {
  return {"matrix_product",
          "math",
          "Products and powers of matrices",
          "Cayley, A memoir on the theory of matrices (1858)",
          Generate,
          Prove};
}

}  // namespace assay
