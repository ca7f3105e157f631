// Inverses and linear congruences.
#include <numeric>
#include <utility>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t m = rng.Int(ByLevel(level, 5, 200), ByLevel(level, 20, 5000));
  const std::int64_t a = rng.Int(2, m - 1);
  const std::int64_t b = level < 5 ? 1 : rng.Int(1, m - 1);
  if (std::gcd(a, m) != 1) return std::nullopt;
  // Extended Euclid.
  std::int64_t r0 = m;
  std::int64_t r1 = a;
  std::int64_t t0 = 0;
  std::int64_t t1 = 1;
  while (r1 != 0) {
    const std::int64_t q = r0 / r1;
    r0 = std::exchange(r1, r0 - q * r1);
    t0 = std::exchange(t1, t0 - q * t1);
  }
  const std::int64_t answer = ((t0 % m + m) % m) * b % m;
  if (answer < 2) return std::nullopt;
  return MathDraft(
      rng,
      {{"Find the whole number x with \\(0 \\le x < {m}\\) and \\({a}x \\equiv {b} \\pmod{{m}}\\).",
        "Which x from 0 to {top} leaves {b} as the remainder of \\({a}x\\) divided by {m}?"},
       {{"a", std::to_string(a)},
        {"b", std::to_string(b)},
        {"m", std::to_string(m)},
        {"top", std::to_string(m - 1)}},
       std::to_string(answer),
       "number theory",
       std::to_string(a) + "x=" + std::to_string(b) + " mod " + std::to_string(m),
       {std::to_string(m - answer == answer ? answer + 1 : m - answer), std::to_string(answer + 1)},
       {{"a", a}, {"b", b}, {"m", m}}});
}

// Tries every x, and finds no second one.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  std::int64_t found = -1;
  for (std::int64_t x = 0; x < get("m"); ++x) {
    if (get("a") * x % get("m") != get("b")) continue;
    if (found >= 0) return "there is a second solution";
    found = x;
  }
  return Agree(draft, found, "trying every x");
}

}  // namespace

Family ModularInverse() {
  return {"modular_inverse",
          "math",
          "Inverses and linear congruences",
          "Aryabhata, kuttaka (499); Bezout",
          Generate,
          Prove};
}

}  // namespace assay
