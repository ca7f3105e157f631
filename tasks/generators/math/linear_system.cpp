// Two or three linear equations.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::string Equation(const std::vector<std::int64_t>& factors, std::int64_t right) {
  static constexpr const char* kNames[] = {"x", "y", "z"};
  std::string text;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i] == 0) continue;
    const std::string sign =
        text.empty() ? (factors[i] < 0 ? "-" : "") : (factors[i] < 0 ? " - " : " + ");
    text +=
        sign + (std::abs(factors[i]) == 1 ? "" : std::to_string(std::abs(factors[i]))) + kNames[i];
  }
  return text + " = " + std::to_string(right);
}

std::int64_t Determinant(const std::vector<std::vector<std::int64_t>>& m) {
  if (m.size() == 2) return m[0][0] * m[1][1] - m[0][1] * m[1][0];
  std::int64_t sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t d = (c + 1) % 3;
    const std::size_t e = (c + 2) % 3;
    sum += m[0][c] * (m[1][d] * m[2][e] - m[1][e] * m[2][d]);
  }
  return sum;
}

std::string Tuple(const std::vector<std::int64_t>& values) {
  std::string text = "(";
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(values[i]);
  return text + ")";
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t n = level < 6 ? 2 : 3;
  const std::int64_t size = ByLevel(level, 4, 12);
  std::vector<std::int64_t> solution;
  for (std::size_t i = 0; i < n; ++i) solution.push_back(rng.Int(-2 * size, 2 * size));
  std::vector<std::vector<std::int64_t>> matrix(n, std::vector<std::int64_t>(n));
  std::vector<std::int64_t> right(n);
  std::string formulas;
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t c = 0; c < n; ++c) {
      matrix[r][c] = rng.Int(-size, size);
      right[r] += matrix[r][c] * solution[c];
    }
    if (matrix[r][0] == 0 || matrix[r][1] == 0) return std::nullopt;
    formulas += (r > 0 ? ", \\quad " : "") + Equation(matrix[r], right[r]);
  }
  if (Determinant(matrix) == 0 || solution[0] == solution[1]) return std::nullopt;
  std::vector<std::int64_t> swapped = solution;
  std::swap(swapped[0], swapped[1]);
  std::vector<std::int64_t> slipped = solution;
  slipped.back() = -slipped.back() + 1;
  const std::string names = n == 2 ? "(x, y)" : "(x, y, z)";
  return MathDraft(
      rng, {{"Solve the system \\({formulas}\\). Give the solution as the tuple \\({names}\\).",
             "Find the tuple \\({names}\\) for which \\({formulas}\\).",
             "The unknowns satisfy \\({formulas}\\). What is \\({names}\\)?"},
            {{"formulas", formulas}, {"names", names}},
            Tuple(solution),
            "algebra",
            formulas,
            {Tuple(swapped), Tuple(slipped)},
            {{"matrix", matrix}, {"right", right}}});
}

// Cramer's rule: a non-zero determinant makes its solution the only one.
std::optional<std::string> Prove(const Draft& draft) {
  const auto matrix = draft.params["matrix"].get<std::vector<std::vector<std::int64_t>>>();
  const auto right = draft.params["right"].get<std::vector<std::int64_t>>();
  const std::int64_t whole = Determinant(matrix);
  if (whole == 0) return "the system has no single solution";
  std::vector<std::int64_t> solution;
  for (std::size_t c = 0; c < right.size(); ++c) {
    auto replaced = matrix;
    for (std::size_t r = 0; r < right.size(); ++r) replaced[r][c] = right[r];
    const Ratio value(Determinant(replaced), whole);
    if (!value.whole()) return "the solution is not whole";
    solution.push_back(value.top);
  }
  return Agree(draft, Tuple(solution), "Cramer's rule");
}

}  // namespace

Family LinearSystem() {
  return {"linear_system",
          "math",
          "Two or three linear equations",
          "Gaussian elimination (Nine Chapters, chapter 8)",
          Generate,
          Prove};
}

}  // namespace assay
