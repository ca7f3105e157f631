// Probability of a sum of dice.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int dice = level < 5 ? 2 : (level < 9 ? 3 : 4);
  const int sides = level < 3 ? 6 : static_cast<int>(rng.Pick(std::vector<int>{4, 5, 6, 8, 10}));
  const int sum = static_cast<int>(rng.Int(dice + 1, dice * sides - 1));
  const bool at_least = level > 3 && rng.Chance(0.5);
  std::vector<std::int64_t> ways = {1};
  for (int d = 0; d < dice; ++d) {
    std::vector<std::int64_t> next(ways.size() + static_cast<std::size_t>(sides), 0);
    for (std::size_t s = 0; s < ways.size(); ++s) {
      for (int face = 1; face <= sides; ++face) next[s + static_cast<std::size_t>(face)] += ways[s];
    }
    ways = next;
  }
  std::int64_t good = 0;
  for (std::size_t s = static_cast<std::size_t>(sum);
       s < ways.size() && (at_least || s == static_cast<std::size_t>(sum)); ++s)
    good += ways[s];
  const std::int64_t all = PowerOf(sides, dice);
  const Ratio answer(good, all);
  return MathDraft(
      rng, {{"{dice} fair dice with faces numbered 1 to {sides} are rolled. What is the "
             "probability that the sum of the results is {what} {sum}? Give an exact fraction.",
             "You roll {dice} fair {sides}-sided dice (faces 1 to {sides}) and add the results. "
             "Find the exact probability that the total is {what} {sum}."},
            {{"dice", std::to_string(dice)},
             {"sides", std::to_string(sides)},
             {"sum", std::to_string(sum)},
             {"what", at_least ? "at least" : "exactly"}},
            Tex(answer),
            "probability",
            std::to_string(dice) + "d" + std::to_string(sides) + (at_least ? ">=" : "=") +
                std::to_string(sum),
            {Tex(Ratio(good + 1, all)), Tex(Ratio(1) - answer)},
            {{"dice", dice}, {"sides", sides}, {"sum", sum}, {"at_least", at_least}}});
}

// Rolls every combination.
std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  const std::int64_t all = PowerOf(get("sides"), static_cast<int>(get("dice")));
  std::int64_t good = 0;
  for (std::int64_t roll = 0; roll < all; ++roll) {
    std::int64_t sum = get("dice");
    for (std::int64_t rest = roll; rest > 0; rest /= get("sides")) sum += rest % get("sides");
    good += (draft.params["at_least"].get<bool>() ? sum >= get("sum") : sum == get("sum")) ? 1 : 0;
  }
  return Agree(draft, Ratio(good, all), "rolling every combination");
}

}  // namespace

Family DiceSums() {
  return {"dice_sums", "math", "Probability of a sum of dice", "Cardano, Liber de ludo aleae",
          Generate,    Prove};
}

}  // namespace assay
