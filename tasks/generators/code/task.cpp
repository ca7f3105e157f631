#include "tasks/generators/code/task.h"

#include <algorithm>
#include <map>

namespace assay {
namespace {

constexpr double kKilledShare = 0.9;

// The value that most of `values` from `begin` on have, and how many.
template <class Value>
std::pair<Value, std::size_t> MostCommon(const std::vector<Value>& values, std::size_t begin) {
  std::pair<Value, std::size_t> best;
  for (std::size_t i = begin; i < values.size(); ++i) {
    const auto count = std::size_t(std::count(values.begin(), values.end(), values[i]));
    if (count > best.second) best = {values[i], count};
  }
  return best;
}

std::string Examples(Rng& rng, const FunctionTask& task, const std::vector<Json>& expected) {
  if (task.shown == 0) return "";
  std::string text =
      "\n\n" + Say(rng, {"Examples:", "For example:", "Some calls and what they return:"});
  for (std::size_t i = 0; i < task.shown; ++i) {
    text += "\n- `" + task.entry + "(" + PythonArguments(task.inputs[i]) + ")` returns `" +
            PythonLiteral(expected[i]) + "`";
  }
  return text;
}

// Knows what the prompt shows, and nothing else.
std::string HardCoded(const FunctionTask& task, const std::vector<Json>& expected,
                      const Json& otherwise) {
  std::string program = "def " + task.entry + "(*arguments):\n";
  for (std::size_t i = 0; i < task.shown; ++i) {
    program += "    if arguments == " + PythonTuple(task.inputs[i]) + ":\n        return " +
               PythonLiteral(expected[i]) + "\n";
  }
  return program + "    return " + PythonLiteral(otherwise) + "\n";
}

}  // namespace

std::optional<Draft> FunctionDraft(Rng& rng, const FunctionTask& task) {
  std::vector<Json> expected;
  for (const Json& input : task.inputs) expected.push_back(task.right.solve(input));
  const std::size_t hidden = task.inputs.size() - task.shown;
  const auto [common, count] = MostCommon(expected, task.shown);
  if (double(count) > task.most_alike * double(hidden)) return std::nullopt;

  Draft draft;
  for (const Rule& wrong : task.wrong) {
    for (std::size_t i = task.inputs.size(); i-- > task.shown;) {
      if (wrong.solve(task.inputs[i]) == expected[i]) continue;
      draft.near_misses.push_back(wrong.python);
      break;
    }
  }
  if (double(draft.near_misses.size()) < kKilledShare * double(task.wrong.size())) {
    return std::nullopt;
  }
  draft.near_misses.push_back(HardCoded(task, expected, common));

  std::vector<PythonCase> cases;
  for (std::size_t i = 0; i < task.inputs.size(); ++i) {
    cases.push_back({PythonArguments(task.inputs[i]), PythonLiteral(expected[i])});
  }
  Ask(rng, draft, task.question + Examples(rng, task, expected), AnswerForm::kPython);
  draft.reference = task.right.python;
  draft.verifier = FunctionSpec(task.entry, cases);
  if (task.cpu_ms) draft.verifier["cpu_ms"] = *task.cpu_ms;
  draft.tags = task.tags;
  draft.fingerprint = task.fingerprint;
  return draft;
}

std::optional<Draft> ProgramDraft(Rng& rng, const ProgramTask& task) {
  std::vector<std::string> expected;
  for (const std::string& input : task.inputs) expected.push_back(task.right.solve(input));
  if (2 * MostCommon(expected, 1).second > task.inputs.size()) return std::nullopt;

  Draft draft;
  for (const TextRule& wrong : task.wrong) {
    for (std::size_t i = task.inputs.size(); i-- > 1;) {
      if (wrong.solve(task.inputs[i]) == expected[i]) continue;
      draft.near_misses.push_back(wrong.program);
      break;
    }
  }
  if (double(draft.near_misses.size()) < kKilledShare * double(task.wrong.size())) {
    return std::nullopt;
  }
  std::vector<StdioCase> cases;
  for (std::size_t i = 0; i < task.inputs.size(); ++i) {
    cases.push_back({task.inputs[i], expected[i]});
  }
  const std::string example =
      "\n\n" + Say(rng,
                   {"Example input:\n```\n{in}```\nIts output:\n```\n{out}```",
                    "For the input\n```\n{in}```\nit prints\n```\n{out}```"},
                   {{"in", task.inputs[0]}, {"out", expected[0]}});
  const bool cpp = task.language == "cpp";
  Ask(rng, draft, task.question + example, cpp ? AnswerForm::kCpp : AnswerForm::kPython);
  draft.reference = task.right.program;
  draft.verifier = StdioSpec(cases);
  draft.verifier["language"] = task.language;
  if (!cpp) {
    draft.near_misses.push_back("print(" + PythonLiteral(Json(expected[0])) + ", end='')\n");
  }
  draft.tags = task.tags;
  draft.fingerprint = task.fingerprint;
  return draft;
}

Json RandomInts(Rng& rng, int low_size, int high_size, std::int64_t low, std::int64_t high) {
  Json list = Json::array();
  const auto size = rng.Int(low_size, high_size);
  for (std::int64_t i = 0; i < size; ++i) list.push_back(rng.Int(low, high));
  return list;
}

std::string RandomText(Rng& rng, int size, const std::string& alphabet) {
  std::string text;
  for (int i = 0; i < size; ++i) text += rng.Pick(alphabet);
  return text;
}

}  // namespace assay
