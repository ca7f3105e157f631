// Write a function from a chain of list steps: filter, map, order, cut. The expected values come
// from the steps in C++, the reference is their Python: the verifier holds one against the other.
#include <algorithm>
#include <functional>

#include "tasks/generators/code/python.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

using List = std::vector<std::int64_t>;

// One step in three forms: words, Python over `items`, and C++ (the proof).
struct Step {
  std::string words;
  std::string python;
  std::function<List(List)> apply;
};

List Where(const List& items, const std::function<bool(std::int64_t)>& keep) {
  List kept;
  std::copy_if(items.begin(), items.end(), std::back_inserter(kept), keep);
  return kept;
}

// Python's % for a positive divisor.
std::int64_t Modulo(std::int64_t n, std::int64_t divisor) {
  return ((n % divisor) + divisor) % divisor;
}

Step DrawStep(Rng& rng) {
  const std::int64_t k = rng.Int(2, 9);
  const std::string s = std::to_string(k);
  switch (rng.Int(0, 8)) {
    case 0:
      return {"keep only the numbers divisible by " + s, "[n for n in items if n % " + s + " == 0]",
              [k](const List& v) { return Where(v, [k](auto n) { return n % k == 0; }); }};
    case 1:
      return {"drop the numbers smaller than " + s, "[n for n in items if n >= " + s + "]",
              [k](const List& v) { return Where(v, [k](auto n) { return n >= k; }); }};
    case 2:
      return {"add " + s + " to every number", "[n + " + s + " for n in items]", [k](List v) {
                for (auto& n : v) n += k;
                return v;
              }};
    case 3:
      return {"multiply every number by " + s, "[n * " + s + " for n in items]", [k](List v) {
                for (auto& n : v) n *= k;
                return v;
              }};
    case 4:
      return {"put the numbers in increasing order", "sorted(items)", [](List v) {
                std::sort(v.begin(), v.end());
                return v;
              }};
    case 5:
      return {"reverse the order of the list", "items[::-1]",
              [](const List& v) { return List(v.rbegin(), v.rend()); }};
    case 6:
      return {"keep only the first " + s + " numbers (all of them if there are fewer)",
              "items[:" + s + "]", [k](List v) {
                if (v.size() > std::size_t(k)) v.resize(std::size_t(k));
                return v;
              }};
    case 7:
      return {"replace every number by its remainder modulo " + s + " (from 0 to " +
                  std::to_string(k - 1) + ")",
              "[n % " + s + " for n in items]", [k](List v) {
                for (auto& n : v) n = Modulo(n, k);
                return v;
              }};
    default:
      return {"replace every number by its square", "[n * n for n in items]", [](List v) {
                for (auto& n : v) n *= n;
                return v;
              }};
  }
}

std::string Program(const std::vector<Step>& steps) {
  std::string body = "def transform(items):\n";
  for (const Step& step : steps) body += "    items = " + step.python + "\n";
  return body + "    return list(items)\n";
}

std::vector<List> DrawInputs(Rng& rng) {
  std::vector<List> inputs = {{}, {0}, {-7}, {5, 5, 5}};
  for (int i = 0; i < 12; ++i) {
    List list;
    const auto size = rng.Int(2, 12);
    for (std::int64_t j = 0; j < size; ++j) list.push_back(rng.Int(-30, 60));
    inputs.push_back(list);
  }
  return inputs;
}

List Run(const std::vector<Step>& steps, List list) {
  for (const Step& step : steps) list = step.apply(std::move(list));
  return list;
}

// Programs with one step left out, or two neighbours exchanged, that give other results.
std::vector<std::string> Mutants(const std::vector<Step>& steps, const std::vector<List>& inputs) {
  std::vector<std::vector<Step>> candidates;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto shorter = steps;
    shorter.erase(shorter.begin() + std::ptrdiff_t(i));
    candidates.push_back(shorter);
    if (i + 1 == steps.size()) continue;
    auto exchanged = steps;
    std::swap(exchanged[i], exchanged[i + 1]);
    candidates.push_back(exchanged);
  }
  std::vector<std::string> programs;
  for (const auto& mutant : candidates) {
    const bool differs = std::any_of(inputs.begin(), inputs.end(), [&](const List& input) {
      return Run(mutant, input) != Run(steps, input);
    });
    if (differs) programs.push_back(Program(mutant));
  }
  return programs;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int count = ByLevel(level, 1, 7);
  std::vector<Step> steps;
  std::string words;
  for (int i = 0; i < count; ++i) {
    steps.push_back(DrawStep(rng));
    words += std::to_string(i + 1) + ". " + steps.back().words + "\n";
  }
  // Two squares and five factors of 9 would leave 64 bits.
  const auto squares = std::count_if(steps.begin(), steps.end(), [](const Step& step) {
    return step.words.find("square") != std::string::npos;
  });
  if (squares > 1) return std::nullopt;
  const auto inputs = DrawInputs(rng);
  Draft draft;
  draft.near_misses = Mutants(steps, inputs);
  if (draft.near_misses.size() < steps.size()) return std::nullopt;  // a step without effect

  std::vector<PythonCase> cases;
  for (const List& input : inputs) {
    cases.push_back({PythonArguments({Json(input)}), PythonLiteral(Json(Run(steps, input)))});
  }
  const std::vector<std::string> openings = {
      "Write a Python function `transform(items)` that takes a list of whole numbers, carries out "
      "these steps in order and returns the resulting list:\n\n{words}",
      "The Python function `transform(items)` gets a list of integers. It shall return a new list, "
      "made by these steps one after the other:\n\n{words}",
  };
  Ask(rng, draft, Say(rng, openings, {{"words", words.substr(0, words.size() - 1)}}),
      AnswerForm::kPython);
  draft.reference = Program(steps);
  draft.verifier = FunctionSpec("transform", cases);
  draft.tags = {"lists"};
  draft.fingerprint = words;
  return draft;
}

}  // namespace

Family ListPipeline() {
  return {
      "list_pipeline", "code",       "A function made of list steps", "Written for this project",
      Generate,        ProvenByTests};
}

}  // namespace assay
