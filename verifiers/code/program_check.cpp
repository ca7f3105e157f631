#include "verifiers/code/program_check.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "sandbox/python.h"
#include "verifiers/code/code_verdict.h"
#include "verifiers/code/function_check.h"
#include "verifiers/code/runtime.h"
#include "verifiers/code/shared_sandbox.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 120;
constexpr std::size_t kShownFailures = 5;

// The checker's word: nothing when it accepts.
std::optional<Verdict> AskChecker(sandbox::Sandbox& box, const CodeChecker& checker,
                                  const StdioTest& test, const std::string& output,
                                  const std::string& what) {
  sandbox::Program program;
  program.language = checker.language;
  program.source = checker.source;
  program.limits.scratch_kb = 64 * 1024;
  program.limits.file_kb = 64 * 1024;
  program.files = {{"input", test.input}, {"output", output}, {"expected", test.output}};
  program.arguments = {"input", "output", "expected"};
  const auto run = box.Run(program);
  if (!run) return Verdict::Failure("checker: " + run.error().message);
  const auto& report = run->report;
  if (run->compile_failed)
    return Verdict::Failure("the checker does not compile: " + LastLineOf(run->stderr_text));
  if (report.Succeeded()) return std::nullopt;
  if (report.ending == sandbox::Ending::kExited && report.exit_code == 1)
    return Verdict::Wrong("", fmt::format("{}refused by the checker {} (input \"{}\", got \"{}\")",
                                          what, LastLineOf(run->stdout_text),
                                          SanitizeUtf8(Abbreviate(test.input, kShownBytes)),
                                          SanitizeUtf8(Abbreviate(output, kShownBytes))));
  return Verdict::Failure("the checker failed: " + LastLineOf(run->stderr_text));
}

struct FailedTest {
  Verdict verdict;
  bool compiles = true;
};

// Nothing when the test passes.
std::optional<FailedTest> RunTest(sandbox::Sandbox& box, const CodeSpec& spec,
                                  sandbox::Program& program, std::size_t number) {
  const StdioTest& test = spec.stdio[number];
  const std::string what = fmt::format("test {}: ", number + 1);
  program.stdin_text = test.input;
  const auto run = box.Run(program);
  if (!run) return FailedTest{Verdict::Failure(run.error().message)};
  if (run->compile_failed) {
    if (run->report.ending == sandbox::Ending::kSandboxFailed)
      return FailedTest{Verdict::Failure("the sandbox failed: " + run->report.message)};
    return FailedTest{Verdict::Wrong("", "does not compile: " + LastLineOf(run->stderr_text)),
                      false};
  }
  if (auto verdict = VerdictOfEnding(run->report, what, run->stderr_text))
    return FailedTest{std::move(*verdict)};
  if (spec.checker) {
    auto refused = AskChecker(box, *spec.checker, test, run->stdout_text, what);
    if (!refused) return std::nullopt;
    return FailedTest{std::move(*refused)};
  }
  const std::string difference = OutputDifference(test.output, run->stdout_text, spec.comparison);
  if (difference.empty()) return std::nullopt;
  return FailedTest{
      Verdict::Wrong("", fmt::format("{}{} (input \"{}\")", what, difference,
                                     SanitizeUtf8(Abbreviate(test.input, kShownBytes))))};
}

}  // namespace

Verdict CheckProgram(const CodeSpec& spec, const std::string& source,
                     std::chrono::milliseconds budget) {
  const auto box = SharedSandbox();
  if (!box) return Verdict::Failure(box.error().message);
  sandbox::Program program;
  program.language = spec.question.language;
  program.source = source;
  program.limits = Within(spec.limits, budget);
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::optional<Verdict> first;
  for (std::size_t number = 0; number < spec.stdio.size(); ++number) {
    auto failure = RunTest(**box, spec, program, number);
    if (!failure) {
      ++passed;
      continue;
    }
    Verdict& verdict = failure->verdict;
    if (verdict.outcome == Outcome::kError) return verdict;
    // A limit costs its whole time, and what does not compile fails every test alike.
    const bool costly = verdict.outcome == Outcome::kLimit || !failure->compiles;
    if (!first) {
      first = std::move(verdict);
    } else if (failed < kShownFailures) {
      first->reason += " | " + verdict.reason;
    }
    ++failed;
    if (!spec.partial && (costly || failed == kShownFailures)) {
      if (number + 1 < spec.stdio.size()) {
        first->reason += fmt::format(" | {} more tests not run", spec.stdio.size() - number - 1);
      }
      return *first;
    }
  }
  if (first && !spec.partial) return *first;
  for (std::size_t number = 0; !first && spec.second_seed && number < spec.stdio.size(); ++number) {
    program.hash_seed = 1;
    if (auto failure = RunTest(**box, spec, program, number)) {
      if (failure->verdict.outcome == Outcome::kWrong)
        failure->verdict.reason.insert(0, "it depends on the order of a set: ");
      return failure->verdict;
    }
  }
  if (!first) return Verdict::Correct("", fmt::format("all {} tests pass", passed));
  first->outcome = Outcome::kWrong;
  first->reward = static_cast<double>(passed) / static_cast<double>(spec.stdio.size());
  if (failed > kShownFailures)
    first->reason += fmt::format(" | and {} more", failed - kShownFailures);
  first->reason = fmt::format("{} of {} tests pass; {}", passed, spec.stdio.size(), first->reason);
  return *first;
}

Verdict CheckLiteral(const CodeSpec& spec, const std::string& answer) {
  const auto box = SharedSandbox();
  if (!box) return Verdict::Failure(box.error().message);
  sandbox::PythonScript script;
  script.source = runtime::kLiteral;
  script.data = DumpJson({{"reference", spec.reference}, {"answer", answer}});
  script.limits = spec.limits;
  const sandbox::RunResult run = sandbox::RunScript(**box, script);
  if (run.report.ending == sandbox::Ending::kExited && run.report.exit_code != 0)
    return Verdict::Failure("the reference is no Python literal: " + LastLineOf(run.stderr_text));
  if (auto verdict = VerdictOfEnding(run.report, "", run.stderr_text)) return *verdict;
  const auto result = ParseJson(run.stdout_text);
  const std::string outcome = result && result->is_object() ? result->value("outcome", "") : "";
  const std::string against =
      " the output " + SanitizeUtf8(Abbreviate(spec.reference, kShownBytes));
  if (outcome == "pass") return Verdict::Correct("", "is" + against);
  if (outcome == "fail") return Verdict::Wrong("", "is not" + against);
  if (outcome == "unreadable") return Verdict::Wrong("", "the answer is no Python literal");
  return Verdict::Failure("the comparison gave no result");
}

}  // namespace assay
