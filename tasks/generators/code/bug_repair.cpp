// Repair a small program with one or two faults, given what it should do.
#include <algorithm>

#include "tasks/generators/code/program_drawing.h"
#include "tasks/generators/code/python.h"
#include "tasks/generators/code/repair_programs.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

using Arguments = std::vector<mini::Value>;

struct Tests {
  std::vector<Arguments> inputs;
  std::vector<mini::Value> expected;
};

std::optional<Tests> DrawTests(Rng& rng, const RepairProgram& repair,
                               const mini::Program& program) {
  Tests tests;
  for (const int size : {0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10, 11, 12}) {
    const auto input = repair.arguments(rng, size);
    const auto run = mini::Call(program, repair.entry, input);
    if (!run.value) return std::nullopt;
    tests.inputs.push_back(input);
    tests.expected.push_back(*run.value);
  }
  return tests;
}

// On how many tests a program is wrong; nothing where it fails or does not end on some.
std::optional<std::size_t> Wrong(const RepairProgram& repair, const mini::Program& program,
                                 const Tests& tests) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < tests.inputs.size(); ++i) {
    const auto run = mini::Call(program, repair.entry, tests.inputs[i], 5000);
    if (!run.value) return std::nullopt;
    wrong += *run.value != tests.expected[i] ? 1 : 0;
  }
  return wrong;
}

// A program with a fault more than `program` that the tests see; `others` gets up to four more.
std::optional<mini::Program> Spoiled(Rng& rng, const RepairProgram& repair,
                                     const mini::Program& program, const Tests& tests,
                                     std::size_t most_wrong, std::vector<mini::Program>* others) {
  std::optional<mini::Program> chosen;
  for (const std::size_t index : Shuffled(rng, mini::MutantCount(program))) {
    mini::Program mutant = mini::Mutant(program, index);
    const auto wrong = Wrong(repair, mutant, tests);
    if (!wrong || *wrong == 0) continue;
    if (!chosen && *wrong >= 2 && *wrong <= most_wrong) {
      chosen = std::move(mutant);
    } else if (others != nullptr && others->size() < 4) {
      others->push_back(std::move(mutant));
    }
    if (chosen && (others == nullptr || others->size() == 4)) break;
  }
  return chosen;
}

std::string CallText(const std::string& entry, const Arguments& arguments) {
  std::string text;
  for (const auto& value : arguments) text += (text.empty() ? "" : ", ") + mini::Literal(value);
  return entry + "(" + text + ")";
}

// "For example, f(1) should return 2, but returns 3."
std::string Symptom(const RepairProgram& repair, const mini::Program& spoiled, const Tests& tests) {
  for (std::size_t i = 0; i < tests.inputs.size(); ++i) {
    const auto run = mini::Call(spoiled, repair.entry, tests.inputs[i]);
    if (!run.value || *run.value == tests.expected[i]) continue;
    return " For example, `" + CallText(repair.entry, tests.inputs[i]) + "` should return `" +
           mini::Literal(tests.expected[i]) + "`, but returns `" + mini::Literal(*run.value) + "`.";
  }
  return "";
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const RepairProgram repair = DrawRepairProgram(rng, level);
  const mini::Program program = mini::Parse(repair.source);
  const auto tests = DrawTests(rng, repair, program);
  if (!tests) return std::nullopt;
  // Harder levels hide the fault: it shows on fewer inputs.
  const auto most_wrong = std::size_t(ByLevel(level, 14, 7));
  std::vector<mini::Program> others;
  auto spoiled = Spoiled(rng, repair, program, *tests, most_wrong, &others);
  if (!spoiled || others.size() < 2) return std::nullopt;
  const mini::Program half = *spoiled;
  if (level >= 6) {
    spoiled = Spoiled(rng, repair, half, *tests, tests->inputs.size(), nullptr);
    if (!spoiled) return std::nullopt;
  }
  Draft draft;
  const std::string shown = mini::Unparse(*spoiled);
  draft.near_misses.push_back(shown);
  if (level >= 6) draft.near_misses.push_back(mini::Unparse(half));
  for (const auto& other : others) draft.near_misses.push_back(mini::Unparse(other));
  const std::string faults = level >= 6 ? "It has two faults." : "It has one fault.";
  const std::string symptom = level <= 4 ? Symptom(repair, *spoiled, *tests) : "";
  Ask(rng, draft,
      Say(rng,
          {"The Python function `{entry}` should return {words}. {faults}{symptom}\n\n```python\n"
           "{program}```\n\nGive the corrected function.",
           "This function was written to return {words}:\n\n```python\n{program}```\n\nIt does not "
           "always "
           "do so. {faults}{symptom} Repair it.",
           "Find and correct what is wrong in this Python function. It ought to return {words}. "
           "{faults}"
           "{symptom}\n\n```python\n{program}```"},
          {{"entry", repair.entry},
           {"words", repair.words},
           {"faults", faults},
           {"symptom", symptom},
           {"program", shown}}),
      AnswerForm::kPython);
  std::vector<PythonCase> cases;
  for (std::size_t i = 0; i < tests->inputs.size(); ++i) {
    std::string arguments = CallText("", tests->inputs[i]);
    cases.push_back({arguments.substr(1, arguments.size() - 2), mini::Literal(tests->expected[i])});
  }
  draft.reference = mini::Unparse(program);
  draft.verifier = FunctionSpec(repair.entry, cases);
  draft.verifier["cpu_ms"] = 3000;
  draft.tags = {"debugging"};
  draft.fingerprint = shown;
  return draft;
}

}  // namespace

Family BugRepair() {
  return {"bug_repair",
          "code",
          "Repairing a program",
          "Mutation analysis (DeMillo, Lipton and Sayward, 1978)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
