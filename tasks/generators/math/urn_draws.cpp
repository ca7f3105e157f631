// Draws from an urn without replacement.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t red = rng.Int(2, ByLevel(level, 4, 8));
  const std::int64_t blue = rng.Int(2, ByLevel(level, 4, 7));
  const std::int64_t draws =
      rng.Int(2, std::min<std::int64_t>(ByLevel(level, 2, 5), red + blue - 1));
  const std::int64_t wanted =
      rng.Int(std::max<std::int64_t>(0, draws - blue), std::min(red, draws));
  const Ratio answer(Choose(red, wanted) * Choose(blue, draws - wanted), Choose(red + blue, draws));
  if (answer.whole()) return std::nullopt;
  const Ratio replaced =
      Ratio(Choose(draws, wanted)) * Ratio(PowerOf(red, static_cast<int>(wanted)) *
                                               PowerOf(blue, static_cast<int>(draws - wanted)),
                                           PowerOf(red + blue, static_cast<int>(draws)));
  return MathDraft(
      rng, {{"An urn holds {red} red and {blue} blue balls. {draws} balls are drawn at random "
             "without replacement. What is the probability that exactly {wanted} of them are red? "
             "Give an exact fraction.",
             "From a bag with {red} red and {blue} blue marbles, {draws} are taken at once at "
             "random. Find the exact probability of getting exactly {wanted} red."},
            {{"red", std::to_string(red)},
             {"blue", std::to_string(blue)},
             {"draws", std::to_string(draws)},
             {"wanted", std::to_string(wanted)}},
            Tex(answer),
            "probability",
            std::to_string(red) + " " + std::to_string(blue) + " " + std::to_string(draws) + " " +
                std::to_string(wanted),
            {Tex(replaced == answer ? answer + 1 : replaced),
             Tex(Ratio(1) - answer == answer ? answer + 1 : Ratio(1) - answer)},
            {{"red", red}, {"blue", blue}, {"draws", draws}, {"wanted", wanted}}});
}

// Draws the balls one after the other, following every branch.
Ratio Follow(std::int64_t red, std::int64_t blue, std::int64_t draws, std::int64_t wanted) {
  if (wanted < 0 || wanted > draws) return 0;
  if (draws == 0) return 1;
  Ratio chance = 0;
  if (red > 0)
    chance = chance + Ratio(red, red + blue) * Follow(red - 1, blue, draws - 1, wanted - 1);
  if (blue > 0)
    chance = chance + Ratio(blue, red + blue) * Follow(red, blue - 1, draws - 1, wanted);
  return chance;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  return Agree(draft, Follow(get("red"), get("blue"), get("draws"), get("wanted")),
               "following every branch");
}

}  // namespace

Family UrnDraws() {
  return {"urn_draws",
          "math",
          "Draws from an urn without replacement",
          "Hypergeometric distribution (Huygens, 1657)",
          Generate,
          Prove};
}

}  // namespace assay
