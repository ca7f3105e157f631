// Ways to pay an amount.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  std::vector<std::int64_t> all = {2, 3, 5, 6, 7, 8, 10, 12, 15, 20, 25};
  rng.Shuffle(all);
  std::vector<std::int64_t> coins = {1};
  const auto kinds = static_cast<std::size_t>(level < 4 ? 2 : (level < 8 ? 3 : 4));
  coins.insert(coins.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kinds - 1));
  if (level > 5 && rng.Chance(0.5)) coins[0] = 4;
  std::sort(coins.begin(), coins.end());
  const std::int64_t amount = rng.Int(ByLevel(level, 8, 30), ByLevel(level, 20, 70));
  std::vector<std::int64_t> ways(static_cast<std::size_t>(amount) + 1, 0);
  ways[0] = 1;
  for (const auto coin : coins) {
    for (std::int64_t a = coin; a <= amount; ++a)
      ways[static_cast<std::size_t>(a)] += ways[static_cast<std::size_t>(a - coin)];
  }
  const std::int64_t answer = ways.back();
  if (answer < 3) return std::nullopt;
  std::vector<std::string> words;
  for (const auto coin : coins) words.push_back(std::to_string(coin));
  return MathDraft(rng, {{"In how many ways can {amount} cents be paid with coins of {coins} "
                          "cents, if there are enough of each and their order does not matter?",
                          "Coins come in values of {coins}. How many different collections of "
                          "coins have the total value {amount}?"},
                         {{"amount", std::to_string(amount)}, {"coins", Listed(words)}},
                         std::to_string(answer),
                         "combinatorics",
                         std::to_string(amount) + ": " + Listed(words),
                         {std::to_string(answer + 1), std::to_string(answer - 1)},
                         {{"coins", coins}, {"amount", amount}}});
}

// Chooses how many of the last coin to use, then of the one before.
std::int64_t Count(const std::vector<std::int64_t>& coins, std::size_t kinds, std::int64_t amount) {
  if (kinds == 1) return amount % coins[0] == 0 ? 1 : 0;
  std::int64_t total = 0;
  for (; amount >= 0; amount -= coins[kinds - 1]) total += Count(coins, kinds - 1, amount);
  return total;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto coins = draft.params["coins"].get<std::vector<std::int64_t>>();
  return Agree(draft, Count(coins, coins.size(), draft.params["amount"].get<std::int64_t>()),
               "enumerating");
}

}  // namespace

Family CoinChange() {
  return {"coin_change", "math", "Ways to pay an amount", "Polya, On picture-writing (1956)",
          Generate,      Prove};
}

}  // namespace assay
