// Write a function for the cheapest way to change one text into another, with drawn prices.
#include <algorithm>
#include <map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Params {
  std::int64_t insert = 1, erase = 1, replace = 1;
  std::optional<std::int64_t> exchange;      // two neighbours
  std::optional<std::int64_t> vowel;         // a vowel by another vowel
  std::optional<std::int64_t> erase_repeat;  // a character that equals the one before it
};

bool IsVowel(char c) { return std::string("aeiou").find(c) != std::string::npos; }

// From the front, with a memo; Python fills a table.
class Changer {
 public:
  Changer(const Params& params, std::string from, std::string to)
      : params_(params), from_(std::move(from)), to_(std::move(to)) {}

  std::int64_t Cost(std::size_t i, std::size_t j) {
    if (i == from_.size()) return std::int64_t(to_.size() - j) * params_.insert;
    if (const auto known = memo_.find({i, j}); known != memo_.end()) return known->second;
    const bool repeat = i > 0 && from_[i] == from_[i - 1];
    const std::int64_t erase =
        repeat ? params_.erase_repeat.value_or(params_.erase) : params_.erase;
    std::int64_t best = Cost(i + 1, j) + erase;
    if (j < to_.size()) {
      best = std::min(best, Cost(i, j + 1) + params_.insert);
      best = std::min(best, Cost(i + 1, j + 1) + Replace(from_[i], to_[j]));
    }
    const bool crossed = i + 1 < from_.size() && j + 1 < to_.size() && from_[i] == to_[j + 1] &&
                         from_[i + 1] == to_[j];
    if (params_.exchange && crossed) best = std::min(best, Cost(i + 2, j + 2) + *params_.exchange);
    return memo_[{i, j}] = best;
  }

 private:
  std::int64_t Replace(char a, char b) const {
    if (a == b) return 0;
    return params_.vowel && IsVowel(a) && IsVowel(b) ? *params_.vowel : params_.replace;
  }
  const Params& params_;
  std::string from_, to_;
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> memo_;
};

Json Solve(const Params& params, const Json& arguments) {
  return Changer(params, arguments[0], arguments[1]).Cost(0, 0);
}

std::string Python(const Params& params) {
  std::string erase = "{erase}";
  if (params.erase_repeat) erase = "({repeat} if i > 1 and a[i - 1] == a[i - 2] else {erase})";
  std::string replace = "{replace}";
  if (params.vowel) {
    replace = "({vowel} if a[i - 1] in 'aeiou' and b[j - 1] in 'aeiou' else {replace})";
  }
  std::string exchange;
  if (params.exchange) {
    exchange =
        "            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:\n"
        "                cost = min(cost, d[i - 2][j - 2] + {exchange})\n";
  }
  const auto text = [](std::optional<std::int64_t> n) { return std::to_string(n.value_or(0)); };
  return Fill(R"(def change_cost(a, b):
    d = [[j * {insert} for j in range(len(b) + 1)] for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        erase = )" +
                  erase + R"(
        d[i][0] = d[i - 1][0] + erase
        for j in range(1, len(b) + 1):
            cost = min(d[i - 1][j] + erase, d[i][j - 1] + {insert})
            same = a[i - 1] == b[j - 1]
            cost = min(cost, d[i - 1][j - 1] + (0 if same else )" +
                  replace + "))\n" + exchange +
                  R"(            d[i][j] = cost
    return d[len(a)][len(b)]
)",
              {{"insert", text(params.insert)},
               {"erase", text(params.erase)},
               {"replace", text(params.replace)},
               {"vowel", text(params.vowel)},
               {"repeat", text(params.erase_repeat)},
               {"exchange", text(params.exchange)}});
}

std::string Words(const Params& params) {
  const auto text = [](std::int64_t n) { return std::to_string(n); };
  std::string words = "- inserting a character anywhere costs " + text(params.insert) +
                      ";\n- removing a character of `a` costs " + text(params.erase);
  if (params.erase_repeat) {
    words += ", but only " + text(*params.erase_repeat) +
             " if it equals the character that stands just before it in `a`";
  }
  words += ";\n- replacing a character by another costs " + text(params.replace);
  if (params.vowel) {
    words += ", but " + text(*params.vowel) + " if both are vowels (a, e, i, o, u)";
  }
  if (params.exchange) {
    words += ";\n- exchanging two characters that are neighbours in `a` costs " +
             text(*params.exchange) + ", and neither of them may be changed in another way";
  }
  return words + ";\n- leaving a character as it is costs nothing.";
}

std::string Mutated(Rng& rng, std::string text) {
  const auto edits = rng.Int(1, 4);
  for (std::int64_t i = 0; i < edits && text.size() > 2; ++i) {
    const auto at = std::size_t(rng.Int(0, std::int64_t(text.size()) - 2));
    switch (rng.Int(0, 3)) {
      case 0:
        std::swap(text[at], text[at + 1]);
        break;
      case 1:
        text.erase(at, 1);
        break;
      case 2:
        text[at] = rng.Pick(std::string("aeiou"));
        break;
      default:
        text.insert(at, 1, text[at]);
    }
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.insert = rng.Int(1, ByLevel(level, 9, 12));
  params.erase = rng.Int(1, ByLevel(level, 9, 12));
  params.replace = rng.Int(2, std::max<std::int64_t>(2, params.insert + params.erase - 1));
  if (level >= 3) params.vowel = rng.Int(1, 6);
  if (level >= 5) params.exchange = rng.Int(1, std::max<std::int64_t>(1, params.replace - 1));
  if (level >= 7) params.erase_repeat = rng.Int(0, 8);
  const bool dull = params.vowel == params.replace || params.erase_repeat == params.erase ||
                    (level >= 3 && params.vowel > params.replace + 2);
  if (dull) return std::nullopt;
  FunctionTask task;
  task.entry = "change_cost";
  const std::string alphabet = level <= 2 ? "abcd" : "aaeioubrst";
  for (int i = 0; i < 15; ++i) {
    const std::string a = RandomText(rng, int(rng.Int(3, ByLevel(level, 6, 12))), alphabet);
    const bool near = i % 2 == 0;
    task.inputs.push_back(
        {a, near ? Mutated(rng, a) : RandomText(rng, int(rng.Int(2, 9)), alphabet)});
  }
  const std::vector<std::pair<std::string, std::string>> edges = {
      {"", ""}, {"", "sea"}, {"aabb", ""}, {"ab", "ba"}, {"a", "e"}, {"tree", "tree"}};
  for (const auto& [a, b] : edges) task.inputs.push_back({a, b});
  std::vector<Params> wrong(3, params);
  std::swap(wrong[0].insert, wrong[0].erase);
  if (params.insert == params.erase) ++wrong[0].insert;
  wrong[1].erase += 1;
  wrong[2].replace = params.insert + params.erase;
  if (wrong[2].replace == params.replace) wrong[2].replace = 1;
  if (params.vowel) wrong.push_back(params), wrong.back().vowel.reset();
  if (params.exchange) wrong.push_back(params), wrong.back().exchange.reset();
  if (params.erase_repeat) wrong.push_back(params), wrong.back().erase_repeat.reset();
  SetRules(task, params, wrong, Solve, Python);
  task.question =
      Say(rng,
          {"Write a Python function `change_cost(a, b)` that returns the smallest total cost of "
           "changing the string `a` into the string `b`, when\n\n{words}",
           "The text `a` shall become the text `b`. Implement `change_cost(a, b)` in Python, which "
           "gives the least possible cost. The prices:\n\n{words}"},
          {{"words", Words(params)}});
  task.tags = {"dynamic programming", "strings"};
  task.fingerprint = Words(params);
  return FunctionDraft(rng, task);
}

}  // namespace

Family EditCost() {
  return {"edit_cost",
          "code",
          "Cheapest change of one text into another",
          "Wagner and Fischer (1974); Damerau (1964)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
