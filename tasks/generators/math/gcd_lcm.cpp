// Greatest common divisors and least common multiples of two to four numbers.
#include <algorithm>
#include <numeric>

#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

struct Params {
  int numbers;        // how many
  std::int64_t most;  // none is greater
  bool lcm;
};

Params Draw(Rng& rng, int level) {
  static constexpr std::int64_t kMost[10] = {30,   60,    120,    300,     800,
                                             2000, 8'000, 40'000, 200'000, 900'000};
  return {level < 4 ? 2 : (level < 8 ? 3 : 4), kMost[level - 1], rng.Chance(0.4)};
}

std::vector<std::int64_t> DrawNumbers(Rng& rng, const Params& params) {
  // A common factor, so that the answer is seldom 1.
  const std::int64_t factor = rng.Int(2, std::max<std::int64_t>(3, params.most / 12));
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < params.numbers; ++i) {
    numbers.push_back(factor * rng.Int(2, std::max<std::int64_t>(3, params.most / factor)));
  }
  return numbers;
}

std::int64_t Combine(const std::vector<std::int64_t>& numbers, bool lcm) {
  std::int64_t result = numbers[0];
  for (const std::int64_t n : numbers) result = lcm ? std::lcm(result, n) : std::gcd(result, n);
  return result;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  const auto numbers = DrawNumbers(rng, params);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (std::count(numbers.begin(), numbers.end(), numbers[i]) > 1) return std::nullopt;
  }
  const std::int64_t answer = Combine(numbers, params.lcm);
  const auto greatest = *std::max_element(numbers.begin(), numbers.end());
  const auto least = *std::min_element(numbers.begin(), numbers.end());
  if (answer == greatest || answer == least || answer > 1'000'000'000'000) return std::nullopt;

  std::vector<std::string> words;
  for (const auto n : numbers) words.push_back(std::to_string(n));
  Draft draft;
  const Slots slots = {{"list", Listed(words)}};
  const std::vector<std::string> lcm = {
      "What is the least common multiple of {list}?",
      "Find the smallest positive whole number that is divisible by each of {list}.",
      "Lights blink every {list} seconds. They blink together now. After how many seconds do they "
      "all blink together for the next time?"};
  const std::vector<std::string> gcd = {
      "What is the greatest common divisor of {list}?",
      "Find the largest whole number that divides each of {list} without remainder.",
      "Ropes of {list} centimetres are cut into pieces of one equal length, a whole number of "
      "centimetres, with nothing left over. What is the greatest possible length in centimetres?"};
  Ask(rng, draft, Say(rng, params.lcm ? lcm : gcd, slots), AnswerForm::kBoxed);
  draft.reference = std::to_string(answer);
  draft.verifier = {{"kind", "math"}};
  draft.tags = {"number theory"};
  std::sort(words.begin(), words.end());
  draft.fingerprint = (params.lcm ? "lcm " : "gcd ") + Listed(words);
  draft.near_misses = {std::to_string(Combine(numbers, !params.lcm)), std::to_string(greatest)};
  draft.params = {{"numbers", numbers}, {"lcm", params.lcm}};
  return draft;
}

// By the definition: the answer divides (or is divided by) each, and no better one does. Better
// candidates differ from the answer by a prime factor.
std::optional<std::string> Prove(const Draft& draft) {
  const auto numbers = draft.params["numbers"].get<std::vector<std::int64_t>>();
  const bool lcm = draft.params["lcm"].get<bool>();
  const std::int64_t answer = std::stoll(draft.reference);
  const auto fits = [&](std::int64_t candidate) {
    return std::all_of(numbers.begin(), numbers.end(), [&](std::int64_t n) {
      return lcm ? candidate % n == 0 : n % candidate == 0;
    });
  };
  if (!fits(answer)) return "the answer does not fit every number";
  if (lcm) {
    // A smaller multiple would be answer / p for a prime p.
    std::int64_t rest = answer;
    for (std::int64_t p = 2; p * p <= rest; ++p) {
      if (rest % p != 0) continue;
      if (fits(answer / p)) return "a smaller multiple exists";
      while (rest % p == 0) rest /= p;
    }
    if (rest > 1 && fits(answer / rest)) return "a smaller multiple exists";
    return std::nullopt;
  }
  // A greater divisor would be a divisor of the least number.
  const std::int64_t least = *std::min_element(numbers.begin(), numbers.end());
  for (std::int64_t q = 1; least / q > answer; ++q) {
    if (least % q == 0 && fits(least / q)) return "a greater divisor exists";
  }
  return std::nullopt;
}

}  // namespace

Family GcdLcm() {
  return {"gcd_lcm",
          "math",
          "Greatest common divisor and least common multiple",
          "Euclid, Elements VII, propositions 2 and 34",
          Generate,
          Prove};
}

}  // namespace assay
