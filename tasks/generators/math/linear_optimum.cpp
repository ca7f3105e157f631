// The best whole-number plan under two limits.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t wood = rng.Int(ByLevel(level, 10, 60), ByLevel(level, 24, 160));
  const std::int64_t hours = rng.Int(ByLevel(level, 10, 60), ByLevel(level, 24, 160));
  const std::int64_t w1 = rng.Int(1, ByLevel(level, 4, 11));
  const std::int64_t w2 = rng.Int(1, ByLevel(level, 4, 11));
  const std::int64_t h1 = rng.Int(1, ByLevel(level, 4, 11));
  const std::int64_t h2 = rng.Int(1, ByLevel(level, 4, 11));
  const std::int64_t p1 = rng.Int(2, ByLevel(level, 9, 40));
  const std::int64_t p2 = rng.Int(2, ByLevel(level, 9, 40));
  std::int64_t best = 0;
  std::int64_t tables_at_best = 0;
  for (std::int64_t t = 0; t * w1 <= wood && t * h1 <= hours; ++t) {
    const std::int64_t chairs = std::min((wood - t * w1) / w2, (hours - t * h1) / h2);
    const std::int64_t profit = t * p1 + chairs * p2;
    if (profit > best) {
      best = profit;
      tables_at_best = t;
    }
  }
  const std::int64_t only_tables = std::min(wood / w1, hours / h1) * p1;
  const std::int64_t only_chairs = std::min(wood / w2, hours / h2) * p2;
  // One good alone must not be best: then there would be nothing to weigh.
  if (tables_at_best == 0 || best == only_tables || best == only_chairs) return std::nullopt;
  const auto s = [](std::int64_t n) { return std::to_string(n); };
  const auto factor = [](std::int64_t n) { return n == 1 ? std::string() : std::to_string(n); };
  return MathDraft(
      rng,
      {{"A workshop makes tables and chairs, in whole numbers. A table takes {w1 planks}, {h1 "
        "hours} and brings {p1} coins; a chair takes {w2 planks}, {h2 hours} and brings {p2} "
        "coins. "
        "There are {wood} planks and {hours} hours. What is the greatest possible income in coins?",
        "Maximise \\({p1}x + {p2}y\\) over non-negative whole numbers x and y with \\({w1}x + "
        "{w2}y \\le {wood}\\) and \\({h1}x + {h2}y \\le {hours}\\). What is the maximum?"},
       {{"w1", factor(w1)},
        {"w2", factor(w2)},
        {"h1", factor(h1)},
        {"h2", factor(h2)},
        {"w1 planks", Plural(w1, "plank", "planks")},
        {"w2 planks", Plural(w2, "plank", "planks")},
        {"h1 hours", Plural(h1, "hour", "hours")},
        {"h2 hours", Plural(h2, "hour", "hours")},
        {"p1", s(p1)},
        {"p2", s(p2)},
        {"wood", s(wood)},
        {"hours", s(hours)}},
       s(best),
       "optimisation",
       s(w1) + " " + s(w2) + " " + s(h1) + " " + s(h2) + " " + s(p1) + " " + s(p2) + " " + s(wood) +
           " " + s(hours),
       {s(only_tables), s(only_chairs), s(best + 1)},
       {{"wood", wood}, {"hours", hours}, {"w", {w1, w2}}, {"h", {h1, h2}}, {"p", {p1, p2}}}});
}

// Looks at every plan.
std::optional<std::string> Prove(const Draft& draft) {
  const auto w = draft.params["w"].get<std::vector<std::int64_t>>();
  const auto h = draft.params["h"].get<std::vector<std::int64_t>>();
  const auto p = draft.params["p"].get<std::vector<std::int64_t>>();
  const auto wood = draft.params["wood"].get<std::int64_t>();
  const auto hours = draft.params["hours"].get<std::int64_t>();
  std::int64_t best = 0;
  for (std::int64_t x = 0; x * w[0] <= wood; ++x) {
    for (std::int64_t y = 0; x * w[0] + y * w[1] <= wood; ++y) {
      if (x * h[0] + y * h[1] <= hours) best = std::max(best, x * p[0] + y * p[1]);
    }
  }
  return Agree(draft, best, "looking at every plan");
}

}  // namespace

Family LinearOptimum() {
  return {"linear_optimum",
          "math",
          "The best whole-number plan under two limits",
          "Kantorovich (1939); Dantzig, linear programming",
          Generate,
          Prove};
}

}  // namespace assay
