// Which operations turn the inputs into the outputs: a shortest program over a given list of
// operations, whose result on one more input is certain. Found by trying all programs; the proof
// follows the set of reachable states.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using List = std::vector<int>;

struct Operation {
  const char* text;
  void (*apply)(List&);
};

const std::vector<Operation>& Operations() {
  static const std::vector<Operation> operations = {
      {"reverse the list", [](List& l) { std::reverse(l.begin(), l.end()); }},
      {"sort the list from small to large", [](List& l) { std::sort(l.begin(), l.end()); }},
      {"move the first number to the end",
       [](List& l) { std::rotate(l.begin(), l.begin() + 1, l.end()); }},
      {"move the last number to the front",
       [](List& l) { std::rotate(l.begin(), l.end() - 1, l.end()); }},
      {"swap the first and the last number", [](List& l) { std::swap(l.front(), l.back()); }},
      {"remove the first number", [](List& l) { l.erase(l.begin()); }},
      {"remove the last number", [](List& l) { l.pop_back(); }},
      {"remove the largest number (the first of equals)",
       [](List& l) { l.erase(std::max_element(l.begin(), l.end())); }},
      {"remove the smallest number (the first of equals)",
       [](List& l) { l.erase(std::min_element(l.begin(), l.end())); }},
      {"add 1 to each number",
       [](List& l) {
         for (int& n : l) ++n;
       }},
      {"double each number",
       [](List& l) {
         for (int& n : l) n *= 2;
       }},
      {"replace each number by the sum of it and all before it",
       [](List& l) { std::partial_sum(l.begin(), l.end(), l.begin()); }},
      {"replace each number by the larger one of it and its left neighbour",
       [](List& l) {
         for (std::size_t i = l.size(); i-- > 1;) l[i] = std::max(l[i], l[i - 1]);
       }},
      {"add each number's position (1 for the first)", [](List& l) {
         for (std::size_t i = 0; i < l.size(); ++i) l[i] += int(i) + 1;
       }}};
  return operations;
}

List Apply(const std::vector<int>& program, List list) {
  for (const int index : program) {
    if (list.size() < 2) break;  // lists never get shorter than one
    Operations()[index].apply(list);
  }
  return list;
}

// Results on `query` of all programs of this length over `menu` that fit the examples.
std::set<List> Answers(const std::vector<int>& menu,
                       const std::vector<std::pair<List, List>>& examples, const List& query,
                       int length) {
  std::set<List> answers;
  int programs = 1;
  for (int i = 0; i < length; ++i) programs *= int(menu.size());
  std::vector<int> program(std::size_t(length), 0);
  for (int code = 0; code < programs; ++code) {
    int rest = code;
    for (int& index : program) {
      index = menu[rest % int(menu.size())];
      rest /= int(menu.size());
    }
    const bool fits = std::all_of(examples.begin(), examples.end(), [&](const auto& example) {
      return Apply(program, example.first) == example.second;
    });
    if (fits) answers.insert(Apply(program, query));
  }
  return answers;
}

List RandomList(Rng& rng, int size) {
  List list;
  for (int i = 0; i < size; ++i) list.push_back(int(rng.Int(0, 9)));
  return list;
}

std::string Shown(const List& list) { return "[" + Numbers(list) + "]"; }

std::optional<Draft> Generate(Rng& rng, int level) {
  const int length = level <= 2 ? 1 : level <= 6 ? 2 : 3;
  const int menu_size = ByLevel(level, 5, 10);
  std::vector<int> menu = RandomOrder(rng, int(Operations().size()));
  menu.resize(std::size_t(menu_size));
  std::vector<int> program;
  for (int i = 0; i < length; ++i) program.push_back(rng.Pick(menu));
  std::vector<std::pair<List, List>> examples;
  for (int i = 0; i < (level % 2 == 0 ? 2 : 3); ++i) {
    const List input = RandomList(rng, int(rng.Int(5, 7)));
    examples.emplace_back(input, Apply(program, input));
    if (examples.back().second == input) return std::nullopt;
  }
  const List query = RandomList(rng, int(rng.Int(5, 7)));
  const List answer = Apply(program, query);
  if (answer == query || answer.size() < 3) return std::nullopt;
  for (int shorter = 1; shorter < length; ++shorter) {
    if (!Answers(menu, examples, query, shorter).empty()) return std::nullopt;
  }
  if (Answers(menu, examples, query, length).size() != 1) return std::nullopt;

  Draft draft;
  std::vector<std::string> texts;
  for (const int index : menu) texts.emplace_back(std::string("- ") + Operations()[index].text);
  std::string shown;
  for (const auto& [input, output] : examples) {
    shown += (shown.empty() ? "" : "\n") + Shown(input) + " -> " + Shown(output);
  }
  std::string listed;
  for (const auto& text : texts) listed += (listed.empty() ? "" : "\n") + text;
  const Slots slots = {{"menu", listed},
                       {"examples", shown},
                       {"count", Plural(length, "operation", "operations")},
                       {"query", Shown(query)}};
  Ask(rng, draft,
      Say(rng,
          {"A machine applies the same {count}, one after the other (one may occur repeatedly), to "
           "every list it gets. They are taken from this list:\n\n{menu}\n\nExamples:\n\n{examples}"
           "\n\nWhat does it make of {query}?",
           "Find out which {count} from the following menu, in which order and possibly with "
           "repetitions, turn each input into its output.\n\n{menu}\n\n{examples}\n\nApply "
           "them to {query}.",
           "Each output below comes from its input by a fixed chain of {count}. The possible steps "
           "are:\n\n{menu}\n\nObserved:\n\n{examples}\n\nPredict the output for {query}."},
          slots),
      AnswerForm::kLine, "the numbers of the resulting list in order, separated by commas");
  draft.reference = Numbers(answer);
  draft.verifier = LogicSpec("list");
  draft.tags = {"induction", "program synthesis"};
  draft.fingerprint = listed + shown + Shown(query);
  draft.near_misses = {Numbers(query)};
  auto partial = Apply(std::vector<int>(program.begin(), program.end() - 1), query);
  if (partial != answer && partial != query) draft.near_misses.push_back(Numbers(partial));
  auto off = answer;
  ++off.back();
  draft.near_misses.push_back(Numbers(off));
  Json pairs = Json::array();
  for (const auto& [input, output] : examples) pairs.push_back({input, output});
  draft.params = {{"menu", menu}, {"examples", pairs}, {"query", query}, {"length", length}};
  return draft;
}

// All lists at once as one state, the states after each step as a set: where the examples' parts
// are the outputs, the query's part must be the answer, and no earlier step may get there.
std::optional<std::string> Prove(const Draft& draft) {
  const auto menu = draft.params["menu"].get<std::vector<int>>();
  std::vector<List> start;
  std::vector<List> goal;
  for (const Json& pair : draft.params["examples"]) {
    start.push_back(pair[0].get<List>());
    goal.push_back(pair[1].get<List>());
  }
  start.push_back(draft.params["query"].get<List>());
  std::set<std::vector<List>> states = {start};
  const int length = draft.params["length"].get<int>();
  for (int step = 1; step <= length; ++step) {
    std::set<std::vector<List>> next;
    for (const auto& state : states) {
      for (const int index : menu) {
        auto made = state;
        for (List& list : made) {
          if (list.size() >= 2) Operations()[index].apply(list);
        }
        next.insert(std::move(made));
      }
    }
    states = std::move(next);
    for (const auto& state : states) {
      if (!std::equal(goal.begin(), goal.end(), state.begin())) continue;
      if (step < length) return "a shorter program fits";
      if (Numbers(state.back()) != draft.reference) return "another answer fits";
    }
  }
  return std::nullopt;
}

}  // namespace

Family PatternInduction() {
  return {"pattern_induction",
          "logic",
          "Infer list operations from examples and apply them",
          "Solomonoff, A formal theory of inductive inference, 1964; Chollet, On the measure of "
          "intelligence, 2019",
          Generate,
          Prove};
}

}  // namespace assay
