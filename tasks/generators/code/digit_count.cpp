// Count whole numbers in a range by rules on their digits; hard levels have ranges no loop can
// walk.
#include <algorithm>
#include <array>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Params {
  std::int64_t divisor = 0;  // of the digit sum, with this remainder; 0: any
  std::int64_t remainder = 0;
  std::optional<int> banned;   // a digit that must not occur
  std::optional<int> wanted;   // a digit that must occur
  bool no_twins = false;       // no two equal neighbours
  std::int64_t most_step = 9;  // between neighbouring digits
};

bool Holds(const Params& params, const std::string& digits) {
  std::int64_t sum = 0;
  bool wanted = !params.wanted;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[i] - '0';
    sum += digit;
    if (params.banned == digit) return false;
    wanted |= params.wanted == digit;
    if (i == 0) continue;
    const int step = std::abs(digits[i] - digits[i - 1]);
    if ((params.no_twins && step == 0) || step > params.most_step) return false;
  }
  return wanted && (params.divisor == 0 || sum % params.divisor == params.remainder);
}

// Numbers of exactly `length` digits that start with `prefix`, by a table over the digits that are
// still free: state (last digit, sum modulo divisor, wanted digit seen).
class Counter {
 public:
  explicit Counter(const Params& params)
      : params_(params), modulus_(std::max<std::int64_t>(1, params.divisor)) {}

  // How many of 1 … n hold.
  std::int64_t UpTo(std::int64_t n) {
    if (n <= 0) return 0;
    const std::string digits = std::to_string(n);
    std::int64_t count = Holds(params_, digits) ? 1 : 0;
    for (std::size_t length = 1; length < digits.size(); ++length) {
      for (char first = '1'; first <= '9'; ++first)
        count += Free(std::string(1, first), length - 1);
    }
    for (std::size_t i = 0; i < digits.size(); ++i) {
      for (char digit = i == 0 ? '1' : '0'; digit < digits[i]; ++digit) {
        count += Free(digits.substr(0, i) + digit, digits.size() - i - 1);
      }
    }
    return count;
  }

 private:
  std::int64_t Free(const std::string& prefix, std::size_t more) {
    Params loose = params_;
    loose.divisor = 0;
    loose.wanted.reset();
    if (!Holds(loose, prefix)) return 0;
    std::int64_t sum = 0;
    bool seen = !params_.wanted;
    for (const char digit : prefix) {
      sum += digit - '0';
      seen |= params_.wanted == digit - '0';
    }
    return Ways(more, prefix.back() - '0', sum % modulus_, seen);
  }
  std::int64_t Ways(std::size_t more, int last, std::int64_t sum, bool seen) {
    if (more == 0) return seen && (params_.divisor == 0 || sum == params_.remainder) ? 1 : 0;
    auto& known = memo_[more][std::size_t(last)][std::size_t(sum)][seen ? 1 : 0];
    if (known >= 0) return known;
    std::int64_t ways = 0;
    for (int digit = 0; digit < 10; ++digit) {
      const int step = std::abs(digit - last);
      if (params_.banned == digit || (params_.no_twins && step == 0) || step > params_.most_step)
        continue;
      ways += Ways(more - 1, digit, (sum + digit) % modulus_, seen || params_.wanted == digit);
    }
    return known = ways;
  }

  const Params& params_;
  const std::int64_t modulus_;
  using BySeen = std::array<std::int64_t, 2>;
  std::vector<std::array<std::array<BySeen, 12>, 10>> memo_ = Empty();
  static std::vector<std::array<std::array<BySeen, 12>, 10>> Empty() {
    std::array<std::array<BySeen, 12>, 10> one{};
    for (auto& by_sum : one) {
      for (auto& by_seen : by_sum) by_seen = {-1, -1};
    }
    return {20, one};
  }
};

Json Solve(const Params& params, const Json& arguments) {
  Counter counter(params);
  return counter.UpTo(arguments[1].get<std::int64_t>()) -
         counter.UpTo(arguments[0].get<std::int64_t>() - 1);
}

// Goes digit by digit over whole classes of numbers, forwards; C++ goes over prefixes.
std::string Python(const Params& params) {
  std::string skip;
  if (params.banned) skip += " or d == " + std::to_string(*params.banned);
  std::string near;
  if (params.no_twins) near += " or d == last";
  if (params.most_step < 9) near += " or abs(d - last) > " + std::to_string(params.most_step);
  std::string rule = params.divisor == 0 ? "True" : "total % {divisor} == {remainder}";
  if (params.wanted) rule += " and seen";
  return Fill(R"(def up_to(n):
    if n <= 0:
        return 0
    digits = [int(c) for c in str(n)]
    states = {(-1, 0, False, True): 1}
    for limit in digits:
        new = {}
        for (last, total, seen, tight), ways in states.items():
            for d in range(10):
                if tight and d > limit:
                    break
                if last < 0 and d == 0:
                    key = (-1, 0, False, tight and d == limit)
                    new[key] = new.get(key, 0) + ways
                    continue
                if False{skip}:
                    continue
                if last >= 0 and (False{near}):
                    continue
                key = (d, (total + d) % {modulus}, seen or {wanted}, tight and d == limit)
                new[key] = new.get(key, 0) + ways
        states = new
    return sum(ways for (last, total, seen, _), ways in states.items() if last >= 0 and {rule})


def count(a, b):
    return up_to(b) - up_to(a - 1)
)",
              {{"skip", skip},
               {"near", near},
               {"modulus", std::to_string(std::max<std::int64_t>(1, params.divisor))},
               {"wanted", params.wanted ? "d == " + std::to_string(*params.wanted) : "True"},
               {"rule", Fill(rule, {{"divisor", std::to_string(params.divisor)},
                                    {"remainder", std::to_string(params.remainder)}})}});
}

// Tries every number.
std::string Naive(const Params& params) {
  std::string rule = params.divisor == 0 ? "True" : "sum(d) % {divisor} == {remainder}";
  if (params.banned) rule += " and {banned} not in d";
  if (params.wanted) rule += " and {wanted} in d";
  if (params.no_twins) rule += " and all(p != q for p, q in zip(d, d[1:]))";
  if (params.most_step < 9) rule += " and all(abs(p - q) <= {step} for p, q in zip(d, d[1:]))";
  return Fill(
      "def count(a, b):\n    found = 0\n    for n in range(a, b + 1):\n"
      "        d = [int(c) for c in str(n)]\n        if " +
          rule +
          ":\n            found += 1\n"
          "    return found\n",
      {{"divisor", std::to_string(params.divisor)},
       {"remainder", std::to_string(params.remainder)},
       {"banned", std::to_string(params.banned.value_or(0))},
       {"wanted", std::to_string(params.wanted.value_or(0))},
       {"step", std::to_string(params.most_step)}});
}

std::string Words(const Params& params) {
  std::vector<std::string> rules;
  if (params.divisor != 0) {
    rules.push_back("the sum of its digits leaves the remainder " +
                    std::to_string(params.remainder) + " when divided by " +
                    std::to_string(params.divisor));
  }
  if (params.banned)
    rules.push_back("the digit " + std::to_string(*params.banned) + " does not occur");
  if (params.wanted)
    rules.push_back("the digit " + std::to_string(*params.wanted) + " occurs at least once");
  if (params.no_twins) rules.emplace_back("no two neighbouring digits are equal");
  if (params.most_step < 9) {
    rules.push_back("neighbouring digits differ by at most " + std::to_string(params.most_step));
  }
  std::string text;
  for (const auto& rule : rules) text += "\n- " + rule + (&rule == &rules.back() ? "." : ";");
  return text;
}

Params Draw(Rng& rng, int level) {
  Params params;
  if (level <= 2 || rng.Chance(0.6)) {
    params.divisor = rng.Int(2, 11);
    params.remainder = rng.Int(0, params.divisor - 1);
  }
  if (rng.Chance(0.6)) params.banned = int(rng.Int(0, 9));
  if (level >= 3) params.wanted = int(rng.Int(0, 9));
  if (params.wanted && params.wanted == params.banned) params.banned.reset();
  if (level >= 4) params.no_twins = rng.Chance(0.5);
  if (level >= 5 && !params.no_twins) params.most_step = rng.Int(3, 7);
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "count";
  std::int64_t most = 400;
  for (int i = 1; i < level; ++i) most *= level <= 4 ? 4 : 50;
  most = std::min<std::int64_t>(most, 1'000'000'000'000'000'000);
  const auto input = [&](std::int64_t top) {
    const auto a = rng.Int(1, top);
    const auto b = rng.Int(1, top);
    return Json::array({std::min(a, b), std::max(a, b)});
  };
  task.inputs = {input(99), input(300), Json::array({1, 1}), Json::array({7, 9}),
                 Json::array({1, 10})};
  for (int i = 0; i < 8; ++i) task.inputs.push_back(input(std::min<std::int64_t>(most, 5000)));
  for (int i = 0; i < 6; ++i) task.inputs.push_back(input(most));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  if (params.divisor > 1) change([](Params& p) { p.remainder = (p.remainder + 1) % p.divisor; });
  if (params.banned) change([](Params& p) { p.banned.reset(); });
  if (params.wanted) change([](Params& p) { p.wanted.reset(); });
  if (params.no_twins) change([](Params& p) { p.no_twins = false; });
  if (params.most_step < 9) change([](Params& p) { ++p.most_step; });
  change([](Params& p) { p.no_twins = !p.no_twins; });
  SetRules(task, params, wrong, Solve, Python);
  // From level 6 on a loop would have to try 100 million numbers and more for each of six tests.
  task.cpu_ms = 2000;
  task.question =
      Say(rng,
          {"Write a Python function `count(a, b)` that returns how many whole numbers n with a <= "
           "n <= b "
           "have all of these properties (in decimal, without leading zeros):\n{words}\n\nHere 1 "
           "<= a <= b "
           "<= {most}, and the time is limited: a solution must be fast for the largest range.",
           "How many integers from a to b (both included) fulfil the following conditions on their "
           "decimal "
           "digits?\n{words}\n\nImplement `count(a, b)` in Python, for 1 <= a <= b <= {most}. It "
           "has to be "
           "quick for all of them."},
          {{"words", Words(params)}, {"most", std::to_string(most)}});
  task.tags = {"dynamic programming", "complexity"};
  task.fingerprint = Words(params) + std::to_string(most);
  auto draft = FunctionDraft(rng, task);
  if (draft && level >= 7) draft->near_misses.push_back(Naive(params));
  return draft;
}

}  // namespace

Family DigitCount() {
  return {"digit_count",
          "code",
          "Counting numbers by their digits, up to 10^18",
          "Digit dynamic programming (folklore)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
