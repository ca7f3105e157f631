// Counting multiples of one number or another.
#include <algorithm>
#include <bit>
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t count = level < 5 ? 2 : 3;
  const std::int64_t most = rng.Int(ByLevel(level, 30, 500), ByLevel(level, 100, 9000));
  std::vector<std::int64_t> d;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) {
    d.push_back(rng.Int(2, ByLevel(level, 8, 20)));
    words.push_back(std::to_string(d[i]));
    for (std::size_t j = 0; j < i; ++j) {
      if (d[i] % d[j] == 0 || d[j] % d[i] == 0) return std::nullopt;
    }
  }
  const bool none = level > 2 && rng.Chance(0.5);
  std::int64_t any = 0;
  for (unsigned set = 1; set < (1U << count); ++set) {
    std::int64_t common = 1;
    for (std::size_t i = 0; i < count; ++i) {
      if ((set >> i) & 1U) common = std::lcm(common, d[i]);
    }
    any += (std::popcount(set) % 2 == 1 ? 1 : -1) * (most / common);
  }
  const std::int64_t answer = none ? most - any : any;
  std::int64_t naive = 0;
  for (const auto x : d) naive += most / x;
  return MathDraft(
      rng,
      {{"How many whole numbers from 1 to {n} are divisible by {what}?",
        "Count the integers from 1 to {n} that are multiples of {what}."},
       {{"n", std::to_string(most)},
        {"what", (none ? "none of the numbers " : "at least one of the numbers ") + Listed(words)}},
       std::to_string(answer),
       "combinatorics",
       std::to_string(most) + " " + Listed(words) + (none ? " none" : ""),
       {std::to_string(none ? most - naive - 1 : naive + 1), std::to_string(answer + 1),
        std::to_string(answer - 1)},
       {{"most", most}, {"divisors", d}, {"none", none}}});
}

// Tries each number.
std::optional<std::string> Prove(const Draft& draft) {
  const auto divisors = draft.params["divisors"].get<std::vector<std::int64_t>>();
  std::int64_t count = 0;
  for (std::int64_t n = 1; n <= draft.params["most"].get<std::int64_t>(); ++n) {
    const bool any =
        std::any_of(divisors.begin(), divisors.end(), [n](std::int64_t d) { return n % d == 0; });
    count += any != draft.params["none"].get<bool>() ? 1 : 0;
  }
  return Agree(draft, count, "trying each number");
}

}  // namespace

Family InclusionExclusion() {
  return {"inclusion_exclusion",
          "math",
          "Counting multiples of one number or another",
          "Inclusion and exclusion (da Silva, 1854; Sylvester)",
          Generate,
          Prove};
}

}  // namespace assay
