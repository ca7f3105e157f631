// Word problems of semi-Thue systems: search forwards; the proof searches backwards.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Rules = std::vector<std::pair<std::string, std::string>>;
constexpr std::size_t kLongest = 9;
constexpr std::size_t kMostWords = 3000;

std::string RandomWord(Rng& rng, int length, int letters) {
  std::string word;
  for (int i = 0; i < length; ++i) word += char('a' + rng.Int(0, letters - 1));
  return word;
}

std::set<std::string> Successors(const std::string& word, const Rules& rules) {
  std::set<std::string> next;
  for (const auto& [left, right] : rules) {
    for (auto at = word.find(left); at != std::string::npos; at = word.find(left, at + 1)) {
      std::string made = word;
      made.replace(at, left.size(), right);
      if (made.size() <= kLongest) next.insert(made);
    }
  }
  return next;
}

// Breadth first from `start`: each word with the one before it, in the order of discovery; the walk
// ends behind distance `depth`. `last` is where the words of that distance begin.
struct Reach {
  std::map<std::string, std::string> before;
  std::vector<std::string> order;
  std::size_t last = 0;
  bool complete = true;
};

Reach Explore(const std::string& start, const Rules& rules, int depth) {
  Reach reach;
  reach.before[start] = "";
  reach.order = {start};
  std::size_t done = 0;
  for (int distance = 1; distance <= depth; ++distance) {
    const std::size_t end = reach.order.size();
    for (; done < end; ++done) {
      const std::string word = reach.order[done];
      for (const std::string& next : Successors(word, rules)) {
        if (reach.before.emplace(next, word).second) reach.order.push_back(next);
      }
      if (reach.order.size() > kMostWords) {
        reach.complete = false;
        return reach;
      }
    }
    reach.last = end;
  }
  return reach;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int letters = level <= 4 ? 2 : 3;
  Rules rules;
  std::set<std::string> lefts;
  while (int(rules.size()) < ByLevel(level, 3, 5)) {
    const auto left = RandomWord(rng, int(rng.Int(1, 3)), letters);
    const auto right = RandomWord(rng, int(rng.Int(1, 3)), letters);
    if (left == right || left.size() + right.size() < 3 || !lefts.insert(left).second) continue;
    rules.emplace_back(left, right);
  }
  const std::string start = RandomWord(rng, ByLevel(level, 4, 7), letters);
  const int depth = ByLevel(level, 3, 9);
  const Reach reach = Explore(start, rules, depth);
  if (!reach.complete || reach.last == 0 || reach.last >= reach.order.size()) return std::nullopt;
  const std::string goal = reach.order[std::size_t(
      rng.Int(std::int64_t(reach.last), std::int64_t(reach.order.size()) - 1))];
  std::vector<std::string> words = {goal};
  while (words.back() != start) words.push_back(reach.before.at(words.back()));
  std::reverse(words.begin(), words.end());

  Draft draft;
  std::vector<std::string> shown;
  std::vector<std::string> left;
  std::vector<std::string> right;
  for (const auto& [from, to] : rules) {
    shown.push_back(from + " -> " + to);
    left.push_back(from);
    right.push_back(to);
  }
  const Slots slots = {{"rules", Listed(shown, ", ")},
                       {"start", start},
                       {"goal", goal},
                       {"most", std::to_string(depth)}};
  Ask(rng, draft,
      Say(rng,
          {"A step replaces one occurrence of the left side of a rule, anywhere in the word, by "
           "its "
           "right side. Rules: {rules}. Turn {start} into {goal} in at most {most} steps.",
           "Words over a small alphabet may be rewritten with these rules, one place at a time: "
           "{rules}. Derive {goal} from {start} using no more than {most} rewritings.",
           "Given the rewriting rules {rules}, find a chain of words that starts with {start} and "
           "ends with {goal}. Each word comes from the one before by applying one rule at one "
           "place, and the chain has at most {most} steps."},
          slots),
      AnswerForm::kLine,
      "all words of the chain in order, the first and the last one included, "
      "separated by commas");
  draft.reference = Listed(words, ", ");
  draft.verifier = LogicSpec(
      "rewriting",
      {{"left", left}, {"right", right}, {"start", start}, {"goal", goal}, {"most", depth}});
  draft.tags = {"formal systems", "search"};
  draft.fingerprint = Listed(shown) + ": " + start + " " + goal;
  draft.unique = false;
  auto gap = words;
  gap.erase(gap.begin() + 1);
  draft.near_misses = {start + ", " + goal, Listed(gap, ", "),
                       Listed(std::vector<std::string>(words.begin(), words.end() - 1), ", ")};
  draft.params = {{"left", left}, {"right", right}, {"start", start}, {"goal", goal}};
  return draft;
}

// Backwards from the goal with the rules turned round: the goal's distance is the promised one.
std::optional<std::string> Prove(const Draft& draft) {
  const auto left = draft.params["left"].get<std::vector<std::string>>();
  const auto right = draft.params["right"].get<std::vector<std::string>>();
  const auto start = draft.params["start"].get<std::string>();
  Rules inverse;
  for (std::size_t i = 0; i < left.size(); ++i) inverse.emplace_back(right[i], left[i]);
  std::set<std::string> seen = {draft.params["goal"].get<std::string>()};
  std::set<std::string> layer = seen;
  int distance = 0;
  while (layer.count(start) == 0) {
    std::set<std::string> next;
    for (const std::string& word : layer) {
      for (const std::string& made : Successors(word, inverse)) {
        if (seen.insert(made).second) next.insert(made);
      }
    }
    if (next.empty()) return "the goal cannot be derived";
    layer = std::move(next);
    ++distance;
  }
  if (distance == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the shortest chain has " + std::to_string(distance) + " steps";
}

}  // namespace

Family StringRewriting() {
  return {"string_rewriting",
          "logic",
          "Derive a word with rewriting rules",
          "Thue, Probleme ueber Veraenderungen von Zeichenreihen nach gegebenen Regeln, 1914",
          Generate,
          Prove};
}

}  // namespace assay
