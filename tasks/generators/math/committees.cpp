// Choosing groups under a condition.
#include <algorithm>
#include <bit>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t women = rng.Int(3, ByLevel(level, 4, 9));
  const std::int64_t men = rng.Int(3, ByLevel(level, 4, 9));
  const std::int64_t size =
      rng.Int(2, std::min<std::int64_t>(ByLevel(level, 3, 6), women + men - 2));
  const std::int64_t least = level < 3 ? 0 : rng.Int(1, size - 1);
  std::int64_t answer = 0;
  for (std::int64_t w = least; w <= size; ++w) answer += Choose(women, w) * Choose(men, size - w);
  const std::int64_t free = Choose(women + men, size);
  if (answer < 3 || (least > 0 && answer == free)) return std::nullopt;
  const std::string condition =
      least == 0 ? "" : " with at least " + Plural(least, "woman", "women");
  return MathDraft(
      rng, {{"A committee of {size} is chosen from {women} women and {men} men. How many different "
             "committees{condition} are possible?",
             "From {women} women and {men} men, how many different groups of {size} "
             "people{condition} can be formed?"},
            {{"size", std::to_string(size)},
             {"women", std::to_string(women)},
             {"men", std::to_string(men)},
             {"condition", condition}},
            std::to_string(answer),
            "combinatorics",
            std::to_string(women) + " " + std::to_string(men) + " " + std::to_string(size) + " " +
                std::to_string(least),
            {std::to_string(least > 0 ? free : answer * 2), std::to_string(answer + 1)},
            {{"women", women}, {"men", men}, {"size", size}, {"least", least}}});
}

// Looks at every subset of the people.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<int>(); };
  const unsigned people = 1U << (get("women") + get("men"));
  const unsigned women = (1U << get("women")) - 1;
  std::int64_t count = 0;
  for (unsigned chosen = 0; chosen < people; ++chosen) {
    if (std::popcount(chosen) == get("size") && std::popcount(chosen & women) >= get("least"))
      ++count;
  }
  return Agree(draft, count, "looking at every subset");
}

}  // namespace

Family Committees() {
  return {"committees",
          "math",
          "Choosing groups under a condition",
          "Combinations (Levi ben Gerson, Maaseh Hoshev, 1321)",
          Generate,
          Prove};
}

}  // namespace assay
