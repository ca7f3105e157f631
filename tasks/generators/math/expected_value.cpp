// Expected value of a game.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int outcomes = ByLevel(level, 2, 5);
  std::int64_t left = level < 4 ? 10 : 60;
  const std::int64_t whole = left;
  Ratio mean;
  Ratio plain;
  std::vector<std::vector<std::int64_t>> table;
  std::vector<std::string> words;
  for (int i = 0; i < outcomes; ++i) {
    const std::int64_t share =
        i + 1 == outcomes ? left : rng.Int(1, std::max<std::int64_t>(1, left - outcomes));
    left -= share;
    const std::int64_t prize = rng.Int(-ByLevel(level, 0, 30), ByLevel(level, 20, 90));
    if (share <= 0 || prize == 0) return std::nullopt;
    table.push_back({prize, share});
    mean = mean + Ratio(prize * share, whole);
    plain = plain + Ratio(prize, outcomes);
    words.push_back(
        (prize < 0 ? "loses " + std::to_string(-prize) : "wins " + std::to_string(prize)) +
        " coins with probability \\(" + Tex(Ratio(share, whole)) + "\\)");
  }
  if (mean == plain || mean.top == 0) return std::nullopt;
  const std::string list = Listed(words);
  return MathDraft(
      rng,
      {{"A player {list}. What is the expected gain in coins, exactly?",
        "In one round of a game a player {list}. Compute the exact expected value of the gain."},
       {{"list", list}},
       Tex(mean),
       "probability",
       list,
       {Tex(plain), Tex(mean + 1), Tex(Ratio() - mean)},
       {{"table", table}, {"whole", whole}}});
}

// Plays the game once for each equally likely ticket.
std::optional<std::string> Prove(const Draft& draft) {
  std::int64_t gain = 0;
  for (const auto& row : draft.params["table"].get<std::vector<std::vector<std::int64_t>>>()) {
    for (std::int64_t ticket = 0; ticket < row[1]; ++ticket) gain += row[0];
  }
  return Agree(draft, Ratio(gain, draft.params["whole"].get<std::int64_t>()), "one round a ticket");
}

}  // namespace

Family ExpectedValue() {
  return {"expected_value",
          "math",
          "Expected value of a game",
          "Huygens, De ratiociniis in ludo aleae (1657)",
          Generate,
          Prove};
}

}  // namespace assay
