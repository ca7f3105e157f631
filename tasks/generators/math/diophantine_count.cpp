// Non-negative solutions of a linear equation.
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t a = rng.Int(2, ByLevel(level, 5, 15));
  const std::int64_t b = rng.Int(2, ByLevel(level, 7, 19));
  const std::int64_t n = rng.Int(ByLevel(level, 20, 400), ByLevel(level, 60, 3000));
  if (std::gcd(a, b) != 1) return std::nullopt;
  // The first x with a x = n (mod b), then every b-th.
  std::int64_t x = 0;
  while ((n - a * x) % b != 0) ++x;
  const std::int64_t answer = a * x > n ? 0 : (n - a * x) / (a * b) + 1;
  if (answer < 2) return std::nullopt;
  return MathDraft(
      rng, {{"How many pairs (x, y) of non-negative whole numbers satisfy \\({a}x + {b}y = {n}\\)?",
             "Boxes hold {a} or {b} pears. In how many ways can exactly {n} pears be packed into "
             "full boxes, if only the numbers of boxes of each kind matter?"},
            {{"a", std::to_string(a)}, {"b", std::to_string(b)}, {"n", std::to_string(n)}},
            std::to_string(answer),
            "number theory",
            std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(n),
            {std::to_string(answer + 1), std::to_string(answer - 1), std::to_string(answer * 2)},
            {{"a", a}, {"b", b}, {"n", n}}});
}

// Tries every y.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  std::int64_t count = 0;
  for (std::int64_t y = 0; get("b") * y <= get("n"); ++y)
    count += (get("n") - get("b") * y) % get("a") == 0 ? 1 : 0;
  return Agree(draft, count, "trying every y");
}

}  // namespace

Family DiophantineCount() {
  return {"diophantine_count",
          "math",
          "Non-negative solutions of a linear equation",
          "Bezout; Sylvester on denumerants",
          Generate,
          Prove};
}

}  // namespace assay
