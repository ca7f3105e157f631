// tasks/generators/code/task.h -- From a task with its right and wrong rules to a draft: tests with
// expected values from C++, mutants that the tests are seen to kill, trivial draws rejected.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tasks/generators/code/python.h"
#include "tasks/generators/family.h"
#include "tasks/generators/wording.h"

namespace assay {

// One behaviour twice: in C++ over the arguments (a JSON array), and as Python.
struct Rule {
  std::function<Json(const Json& arguments)> solve;
  std::string python;
};

struct FunctionTask {
  std::string entry;     // the function's name
  std::string question;  // without examples and format sentence
  // Each an array of arguments. The first `shown` stand in the prompt; all are tests.
  std::vector<Json> inputs;
  std::size_t shown = 2;
  Rule right;
  std::vector<Rule> wrong;
  std::vector<std::string> tags;
  std::string fingerprint;
  std::optional<int> cpu_ms;  // of all tests together; absent: the verifier's own limit
  // The largest share of hidden tests that may expect one and the same value.
  double most_alike = 0.6;
};

// Nothing where the draw is poor: hidden expectations too much alike, or less than nine tenths of
// the wrong rules differ from the right one on a hidden input. The near misses of the draft are the
// wrong rules that do, a program that knows the shown examples only, and a constant.
std::optional<Draft> FunctionDraft(Rng& rng, const FunctionTask& task);

// Fills right and wrong from parameters: a wrong rule is the right one with a parameter changed.
template <class Params>
void SetRules(FunctionTask& task, const Params& right, const std::vector<Params>& wrong,
              Json (*solve)(const Params&, const Json&), std::string (*python)(const Params&)) {
  const auto rule = [&](const Params& params) {
    return Rule{[params, solve](const Json& arguments) { return solve(params, arguments); },
                python(params)};
  };
  task.right = rule(right);
  for (const Params& params : wrong) task.wrong.push_back(rule(params));
}

// The same for programs that read and write text.
struct TextRule {
  std::function<std::string(const std::string& input)> solve;
  std::string program;
};

struct ProgramTask {
  std::string question;
  std::string language = "python";  // or "cpp"
  std::vector<std::string> inputs;  // the first stands in the prompt with its output
  TextRule right;
  std::vector<TextRule> wrong;
  std::vector<std::string> tags;
  std::string fingerprint;
};
std::optional<Draft> ProgramDraft(Rng& rng, const ProgramTask& task);

// A list of `low_size` to `high_size` whole numbers from `low` to `high`.
Json RandomInts(Rng& rng, int low_size, int high_size, std::int64_t low, std::int64_t high);
// `size` letters of `alphabet`.
std::string RandomText(Rng& rng, int size, const std::string& alphabet);

}  // namespace assay
