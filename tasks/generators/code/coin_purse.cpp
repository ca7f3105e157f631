// Write a function that counts or optimises the ways to pay an amount with drawn coins.
#include <algorithm>
#include <map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Goal { kWays, kOrdered, kFewest, kMost };
enum class Parity { kAny, kEven, kOdd };

struct Params {
  std::vector<std::int64_t> coins;
  Goal goal = Goal::kWays;
  Parity parity = Parity::kAny;  // of the number of coins
  std::int64_t copies = 0;       // at most so many of each coin; 0: any number
};

bool Fits(const Params& params, std::int64_t count) {
  if (params.parity == Parity::kAny) return true;
  return (count % 2 == 0) == (params.parity == Parity::kEven);
}

// Ways by the number of coins, coin kind after coin kind; Python keeps parities only.
std::vector<std::int64_t> WaysByCount(const Params& params, std::int64_t total) {
  const auto size = std::size_t(total) + 1;
  std::vector<std::vector<std::int64_t>> ways(size, std::vector<std::int64_t>(size, 0));
  ways[0][0] = 1;
  for (const std::int64_t coin : params.coins) {
    auto next = ways;
    for (std::int64_t amount = coin; amount <= total; ++amount) {
      const std::int64_t most = params.copies == 0 ? total : params.copies;
      for (std::int64_t used = 1; used <= most && used * coin <= amount; ++used) {
        for (std::int64_t count = used; count <= total; ++count) {
          next[std::size_t(amount)][std::size_t(count)] +=
              ways[std::size_t(amount - used * coin)][std::size_t(count - used)];
        }
      }
    }
    ways = std::move(next);
  }
  return ways[std::size_t(total)];
}

std::int64_t OrderedWays(const Params& params, std::int64_t total, bool odd,
                         std::map<std::pair<std::int64_t, bool>, std::int64_t>& memo) {
  if (total == 0) return Fits(params, odd ? 1 : 0) ? 1 : 0;
  if (const auto known = memo.find({total, odd}); known != memo.end()) return known->second;
  std::int64_t ways = 0;
  for (const std::int64_t coin : params.coins) {
    if (coin <= total) ways += OrderedWays(params, total - coin, !odd, memo);
  }
  return memo[{total, odd}] = ways;
}

Json Solve(const Params& params, const Json& arguments) {
  const auto total = arguments[0].get<std::int64_t>();
  if (params.goal == Goal::kOrdered) {
    std::map<std::pair<std::int64_t, bool>, std::int64_t> memo;
    return OrderedWays(params, total, false, memo);
  }
  const auto ways = WaysByCount(params, total);
  std::int64_t sum = 0;
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  for (std::int64_t count = 0; count < std::int64_t(ways.size()); ++count) {
    if (ways[std::size_t(count)] == 0 || !Fits(params, count)) continue;
    sum += ways[std::size_t(count)];
    if (!first) first = count;
    last = count;
  }
  if (params.goal == Goal::kWays) return sum;
  return params.goal == Goal::kFewest ? first.value_or(-1) : last.value_or(-1);
}

std::string Python(const Params& params) {
  const std::string parity = params.parity == Parity::kOdd ? "1" : "0";
  const bool any = params.parity == Parity::kAny;
  const Slots slots = {{"coins", PythonLiteral(Json(params.coins))},
                       {"copies", params.copies == 0 ? "total" : std::to_string(params.copies)},
                       {"pick", params.goal == Goal::kMost ? "max" : "min"},
                       {"ways", any ? "sum(table[total])" : "table[total][" + parity + "]"},
                       {"fits", any ? "" : " if n % 2 == " + parity}};
  if (params.goal == Goal::kOrdered) {
    return Fill(R"(def pay(total):
    table = [[0, 0] for _ in range(total + 1)]
    table[0][0] = 1
    for amount in range(1, total + 1):
        for coin in {coins}:
            if coin <= amount:
                even, odd = table[amount - coin]
                table[amount][0] += odd
                table[amount][1] += even
    return {ways}
)",
                slots);
  }
  if (params.goal == Goal::kWays) {
    return Fill(R"(def pay(total):
    table = [[0, 0] for _ in range(total + 1)]
    table[0][0] = 1
    for coin in {coins}:
        new = [[0, 0] for _ in range(total + 1)]
        for amount in range(total + 1):
            for used in range(min({copies}, amount // coin) + 1):
                for rest in (0, 1):
                    new[amount][(rest + used) % 2] += table[amount - used * coin][rest]
        table = new
    return {ways}
)",
                slots);
  }
  return Fill(R"(def pay(total):
    counts = [set() for _ in range(total + 1)]
    counts[0].add(0)
    for coin in {coins}:
        new = [set() for _ in range(total + 1)]
        for amount in range(total + 1):
            for used in range(min({copies}, amount // coin) + 1):
                new[amount].update(n + used for n in counts[amount - used * coin])
        counts = new
    return {pick}([n for n in counts[total]{fits}], default=-1)
)",
              slots);
}

std::string Words(const Params& params) {
  std::vector<std::string> coins;
  for (const auto coin : params.coins) coins.push_back(std::to_string(coin));
  std::string text = "There are coins of the values " + Listed(coins) + ". ";
  if (params.copies == 0) {
    text += "Of each there are as many as needed. ";
  } else {
    text += "Of each at most " + std::to_string(params.copies) + " may be used. ";
  }
  if (params.parity != Parity::kAny) {
    text += std::string("The number of coins used must be ") +
            (params.parity == Parity::kEven ? "even (0 counts as even). " : "odd. ");
  }
  switch (params.goal) {
    case Goal::kWays:
      return text +
             "The function returns in how many ways `total` can be paid exactly, where only "
             "the number of coins of each value matters and not their order.";
    case Goal::kOrdered:
      return text +
             "The function returns how many different sequences of coins pay `total` "
             "exactly: the order in which coins are put down matters.";
    case Goal::kFewest:
      return text +
             "The function returns the smallest number of coins that pay `total` exactly, "
             "or -1 if it cannot be paid.";
    case Goal::kMost:
      return text +
             "The function returns the largest number of coins that pay `total` exactly, or "
             "-1 if it cannot be paid.";
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  const std::int64_t count = rng.Int(2, ByLevel(level, 2, 5));
  while (std::int64_t(params.coins.size()) < count) {
    const auto coin = rng.Int(2, 16);
    const bool known =
        std::find(params.coins.begin(), params.coins.end(), coin) != params.coins.end();
    if (!known) params.coins.push_back(coin);
  }
  std::sort(params.coins.begin(), params.coins.end());
  params.goal = Goal(rng.Int(0, 3));
  if (level >= 4 && params.goal != Goal::kOrdered) params.copies = rng.Int(2, 6);
  if (level >= 7) params.parity = rng.Chance(0.5) ? Parity::kEven : Parity::kOdd;
  FunctionTask task;
  task.entry = "pay";
  const int most = ByLevel(level, 24, 60);
  const std::int64_t unit = rng.Pick(params.coins);
  task.inputs = {Json::array({unit * 2}), Json::array({rng.Int(10, most)}), Json::array({0}),
                 Json::array({1}), Json::array({unit})};
  for (int i = 0; i < 14; ++i) {
    std::int64_t total = 0;  // mostly amounts that can be paid
    while (total < most / 3) total += rng.Pick(params.coins);
    task.inputs.push_back(Json::array({rng.Chance(0.7) ? total : rng.Int(2, most)}));
  }
  std::vector<Params> wrong(2, params);
  wrong[0].coins.pop_back();
  wrong[1].goal = params.goal == Goal::kWays ? Goal::kOrdered : Goal::kWays;
  if (params.copies != 0) wrong.push_back(params), wrong.back().copies = 1;
  if (params.parity != Parity::kAny) wrong.push_back(params), wrong.back().parity = Parity::kAny;
  if (params.goal == Goal::kFewest) wrong.push_back(params), wrong.back().goal = Goal::kMost;
  SetRules(task, params, wrong, Solve, Python);
  task.question =
      Say(rng,
          {"Write a Python function `pay(total)` for a whole number total >= 0. {words}",
           "Implement `pay(total)` in Python, where `total` is a non-negative integer. "
           "{words}",
           "A till program needs the Python function `pay(total)` (total: an integer, 0 "
           "or more). {words}"},
          {{"words", Words(params)}});
  task.tags = {"dynamic programming"};
  task.fingerprint = Words(params);
  return FunctionDraft(rng, task);
}

}  // namespace

Family CoinPurse() {
  return {"coin_purse",
          "code",
          "Ways to pay with given coins",
          "Polya, On picture-writing (1956): change making",
          Generate,
          ProvenByTests};
}

}  // namespace assay
