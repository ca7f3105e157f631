// Puzzles whose answer is a sequence of states or of changes to one.
#include <algorithm>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxRules = 32;

using Rule = std::pair<std::string, std::string>;

bool OneStep(const std::string& from, const std::string& to, const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    if (from.size() + rule.second.size() != to.size() + rule.first.size()) return false;
    for (auto at = from.find(rule.first); at != std::string::npos;
         at = from.find(rule.first, at + 1)) {
      std::string next = from;
      if (next.replace(at, rule.first.size(), rule.second) == to) return true;
    }
    return false;
  });
}

std::vector<Rule> ReadRules(Fields& fields) {
  const auto left = fields.Strings("left");
  const auto right = fields.Strings("right");
  std::vector<Rule> rules;
  bool fine = !left.empty() && left.size() == right.size() && left.size() <= kMaxRules;
  for (std::size_t i = 0; fine && i < left.size(); ++i) {
    fine = !left[i].empty() && !right[i].empty() && left[i].size() <= kMaxWord &&
           right[i].size() <= kMaxWord;
    rules.emplace_back(Lower(left[i]), Lower(right[i]));
  }
  if (!fine) fields.Refuse("left", "expected 1 to 32 words, as many as in \"right\"");
  return rules;
}

}  // namespace

// {"left": ["ab", …], "right": ["ba", …], "start", "goal", "most": n}: the words on the way from
// start to goal, both included, each made from the one before by replacing one occurrence of a left
// side by its right side; at most n steps.
PuzzleCheck MakeRewriting(Fields& fields, const std::string&) {
  const auto rules = ReadRules(fields);
  const auto start = Lower(fields.String("start"));
  const auto goal = Lower(fields.String("goal"));
  const auto most = fields.Int("most", 1, 256);
  if (start.size() > kMaxWord || goal.size() > kMaxWord) fields.Refuse("start", "is too long");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto words = Words(answer);
    if (words.size() < 2) return "not a list of words";
    if (std::int64_t(words.size()) > most + 1)
      return "more than " + std::to_string(most) + " steps";
    if (words.front() != start) return "it does not begin with " + start;
    if (words.back() != goal) return "it does not end with " + goal;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].size() > kMaxWord || !OneStep(words[i - 1], words[i], rules)) {
        return "no rule gives word " + std::to_string(i + 1);
      }
    }
    return std::nullopt;
  };
}

// {"stack": [3, 1, 2] (top first), "most": n}: how many from the top to turn over, one number a
// flip; in the end the numbers increase from top to bottom.
PuzzleCheck MakeFlips(Fields& fields, const std::string&) {
  const auto stack = ReadInts(fields, "stack", 1, 99);
  const auto most = fields.Int("most", 1, 256);
  if (stack.size() < 2) fields.Refuse("stack", "expected at least two numbers");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto flips = WholeNumbers(answer);
    if (!flips || flips->empty()) return "not a list of numbers";
    if (std::int64_t(flips->size()) > most) return "more than " + std::to_string(most) + " flips";
    auto state = stack;
    for (const auto count : *flips) {
      if (count < 1 || count > std::int64_t(state.size())) return "a flip is out of range";
      std::reverse(state.begin(), state.begin() + count);
    }
    if (!std::is_sorted(state.begin(), state.end())) return "the stack is not sorted";
    return std::nullopt;
  };
}

}  // namespace assay
