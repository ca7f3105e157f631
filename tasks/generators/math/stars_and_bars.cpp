// Distributing equal things.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t boxes = rng.Int(2, ByLevel(level, 3, 6));
  const std::int64_t balls = rng.Int(ByLevel(level, 3, 8), ByLevel(level, 8, 18));
  const std::int64_t least = level < 3 ? 0 : rng.Int(0, 2);
  const std::int64_t most = level < 7 ? balls : rng.Int(balls / boxes + 1, balls - 1);
  if (least * boxes >= balls || most <= least) return std::nullopt;
  // Inclusion and exclusion over the boxes that hold more than `most`.
  std::int64_t answer = 0;
  for (std::int64_t j = 0; j <= boxes; ++j) {
    const std::int64_t left = balls - least * boxes - j * (most - least + 1);
    if (left >= 0)
      answer += (j % 2 == 0 ? 1 : -1) * Choose(boxes, j) * Choose(left + boxes - 1, boxes - 1);
  }
  if (answer < 3) return std::nullopt;
  std::string rule = least == 0 ? "" : ", each box getting at least " + std::to_string(least);
  if (most < balls)
    rule += std::string(least == 0 ? ", no box" : " and no box") + " getting more than " +
            std::to_string(most);
  return MathDraft(
      rng,
      {{"In how many ways can {balls} identical balls be put into {boxes} different boxes{rule}?",
        "{balls} equal coins are shared among {boxes} people (think of each person as a "
        "box){rule}. How many different outcomes are there?"},
       {{"balls", std::to_string(balls)}, {"boxes", std::to_string(boxes)}, {"rule", rule}},
       std::to_string(answer),
       "combinatorics",
       std::to_string(balls) + " " + std::to_string(boxes) + rule,
       {std::to_string(answer + 1), std::to_string(answer - 1)},
       {{"balls", balls}, {"boxes", boxes}, {"least", least}, {"most", most}}});
}

// Fills box by box.
std::int64_t Count(std::int64_t balls, std::int64_t boxes, std::int64_t least, std::int64_t most) {
  if (boxes == 0) return balls == 0 ? 1 : 0;
  std::int64_t total = 0;
  for (std::int64_t here = least; here <= std::min(most, balls); ++here)
    total += Count(balls - here, boxes - 1, least, most);
  return total;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto get = [&](const char* key) { return draft.params[key].get<std::int64_t>(); };
  return Agree(draft, Count(get("balls"), get("boxes"), get("least"), get("most")),
               "filling box by box");
}

}  // namespace

Family StarsAndBars() {
  return {"stars_and_bars",
          "math",
          "Distributing equal things",
          "Feller, An Introduction to Probability Theory: occupancy",
          Generate,
          Prove};
}

}  // namespace assay
