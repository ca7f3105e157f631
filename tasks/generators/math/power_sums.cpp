// Power sums of the roots of a polynomial, without finding the roots.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Numbers = std::vector<std::int64_t>;

// Newton's identities for x^n + c[n-1] x^(n-1) + … + c[0]: the sum of the k-th powers of the roots.
std::int64_t PowerSum(const Numbers& low_first, int k) {
  const int n = int(low_first.size());
  Numbers sums(std::size_t(k) + 1, 0);
  for (int i = 1; i <= k; ++i) {
    std::int64_t sum = 0;
    for (int j = 1; j < i && j <= n; ++j)
      sum -= low_first[std::size_t(n - j)] * sums[std::size_t(i - j)];
    if (i <= n) sum -= i * low_first[std::size_t(n - i)];
    sums[std::size_t(i)] = sum;
  }
  return sums[std::size_t(k)];
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int degree = ByLevel(level, 2, 4);
  const int k = int(rng.Int(2, ByLevel(level, 2, 6)));
  const std::int64_t size = ByLevel(level, 6, 5);
  Numbers coefficients;
  for (int i = 0; i < degree; ++i) coefficients.push_back(rng.Int(-size, size));
  if (coefficients[0] == 0 || coefficients.back() == 0) return std::nullopt;
  const std::int64_t value = PowerSum(coefficients, k);
  Numbers full = coefficients;
  full.push_back(1);
  Numbers flipped = coefficients;
  flipped.back() = -flipped.back();
  const std::vector<std::string> names = {"r", "s", "t", "u"};
  std::vector<std::string> roots;
  std::string sum;
  for (int i = 0; i < degree; ++i) {
    roots.push_back("\\(" + names[std::size_t(i)] + "\\)");
    sum += (i == 0 ? "" : " + ") + names[std::size_t(i)] + "^" + std::to_string(k);
  }
  const std::string polynomial = PolynomialTex(full);
  return MathDraft(
      rng,
      {{"Let {roots} be the complex roots of \\({p} = 0\\), counted with multiplicity. Compute "
        "\\({sum}\\).",
        "The equation \\({p} = 0\\) has the roots {roots} over the complex numbers (multiple "
        "roots are repeated). What is \\({sum}\\)?",
        "{roots} are all roots of \\({p}\\), repeated according to multiplicity. Find the value "
        "of \\({sum}\\)."},
       {{"p", polynomial}, {"roots", Listed(roots)}, {"sum", sum}},
       std::to_string(value),
       "algebra",
       polynomial + " " + std::to_string(k),
       {std::to_string(PowerSum(coefficients, k + 1)), std::to_string(value + 1),
        std::to_string(PowerSum(flipped, k) + (k % 2 == 0 ? 2 : 0))},
       {{"coefficients", coefficients}, {"k", k}}});
}

// The trace of the k-th power of the companion matrix.
std::optional<std::string> Prove(const Draft& draft) {
  const auto coefficients = draft.params["coefficients"].get<Numbers>();
  const std::size_t n = coefficients.size();
  std::vector<Numbers> companion(n, Numbers(n, 0));
  for (std::size_t i = 0; i < n; ++i) {
    companion[i][n - 1] = -coefficients[i];
    if (i > 0) companion[i][i - 1] = 1;
  }
  std::vector<Numbers> power = companion;
  for (int i = 1; i < draft.params["k"].get<int>(); ++i) {
    std::vector<Numbers> next(n, Numbers(n, 0));
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) {
        for (std::size_t j = 0; j < n; ++j) next[r][c] += power[r][j] * companion[j][c];
      }
    }
    power = next;
  }
  std::int64_t trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += power[i][i];
  return Agree(draft, trace, "the companion matrix");
}

}  // namespace

Family PowerSums() {
  return {"power_sums",
          "math",
          "Power sums of the roots of a polynomial",
          "Newton's identities (Girard 1629, Newton 1707)",
          Generate,
          Prove};
}

}  // namespace assay
