// A term of a linear recurrence.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t p = rng.Int(1, ByLevel(level, 2, 4)) * (level > 4 && rng.Chance(0.3) ? -1 : 1);
  const std::int64_t q = rng.Int(1, ByLevel(level, 1, 3)) * (level > 3 && rng.Chance(0.5) ? -1 : 1);
  const std::int64_t a0 = rng.Int(0, ByLevel(level, 3, 7));
  const std::int64_t a1 = rng.Int(1, ByLevel(level, 3, 7));
  const int n = ByLevel(level, 5, 14) + static_cast<int>(rng.Int(0, 1));
  std::int64_t before = a0;
  std::int64_t now = a1;
  for (int i = 2; i <= n; ++i) {
    const std::int64_t next = p * now + q * before;
    before = now;
    now = next;
    if (std::abs(now) > 1'000'000'000'000) return std::nullopt;
  }
  if (std::abs(now) < 5 || now == before) return std::nullopt;
  const std::string rule = (p == 1    ? ""
                            : p == -1 ? "-"
                                      : std::to_string(p)) +
                           std::string("a_{n-1} ") + (q < 0 ? "- " : "+ ") +
                           (std::abs(q) == 1 ? "" : std::to_string(std::abs(q))) + "a_{n-2}";
  return MathDraft(
      rng, {{"A sequence is defined by \\(a_0 = {a0}\\), \\(a_1 = {a1}\\) and \\(a_n = {rule}\\) "
             "for \\(n \\ge 2\\). Find \\(a_{{n}}\\).",
             "Let \\(a_0 = {a0}\\), \\(a_1 = {a1}\\), and from then on \\(a_n = {rule}\\). What is "
             "\\(a_{{n}}\\)?"},
            {{"a0", std::to_string(a0)},
             {"a1", std::to_string(a1)},
             {"rule", rule},
             {"n", std::to_string(n)}},
            std::to_string(now),
            "sequences",
            rule + " " + std::to_string(a0) + " " + std::to_string(a1) + " " + std::to_string(n),
            {std::to_string(before), std::to_string(p * now + q * before), std::to_string(now + 1)},
            {{"p", p}, {"q", q}, {"a0", a0}, {"a1", a1}, {"n", n}}});
}

// The n-th power of the companion matrix.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  std::int64_t m[2][2] = {{1, 0}, {0, 1}};
  const std::int64_t step[2][2] = {{0, 1}, {get("q"), get("p")}};
  for (std::int64_t i = 0; i < get("n"); ++i) {
    std::int64_t next[2][2] = {};
    for (int r = 0; r < 2; ++r) {
      for (int c = 0; c < 2; ++c) next[r][c] = m[r][0] * step[0][c] + m[r][1] * step[1][c];
    }
    std::copy(&next[0][0], &next[0][0] + 4, &m[0][0]);
  }
  return Agree(draft, m[0][0] * get("a0") + m[0][1] * get("a1"), "the companion matrix");
}

}  // namespace

Family LinearRecurrence() {
  return {"linear_recurrence",
          "math",
          "A term of a linear recurrence",
          "Lucas, Theorie des fonctions numeriques simplement periodiques (1878)",
          Generate,
          Prove};
}

}  // namespace assay
