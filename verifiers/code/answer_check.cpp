#include "verifiers/code/answer_check.h"

#include "base/utf8.h"
#include "sandbox/python.h"
#include "verifiers/code/code_verdict.h"
#include "verifiers/code/function_check.h"
#include "verifiers/code/runtime.h"
#include "verifiers/code/shared_sandbox.h"
#include "verifiers/extract/fences.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

std::string_view LastLine(std::string_view text) {
  std::string_view line = Trim(text);
  line = Trim(line.substr(line.rfind('\n') + 1));
  constexpr std::string_view kAnswer = "answer:";
  if (ToLower(line.substr(0, kAnswer.size())) == kAnswer) line = Trim(line.substr(kAnswer.size()));
  while (line.size() > 1 && line.front() == '`' && line.back() == '`') {
    line = line.substr(1, line.size() - 2);
  }
  return line;
}

std::string_view WithoutRawQuotes(std::string_view text) {
  const bool quoted = text.size() >= 3 && text[0] == 'r' && (text[1] == '\'' || text[1] == '"') &&
                      text.back() == text[1];
  return quoted ? text.substr(2, text.size() - 3) : text;
}

}  // namespace

std::optional<ExtractedCode> ExtractPlain(std::string_view response) {
  const auto text = AfterThinking(response);
  if (!text) return std::nullopt;
  const auto fences = FindFences(*text);
  std::string_view answer = Trim(fences.empty() ? LastLine(*text) : fences.back().code);
  answer = WithoutRawQuotes(answer);
  if (Trim(answer).empty()) return std::nullopt;
  const auto begin = static_cast<std::size_t>(answer.data() - response.data());
  return ExtractedCode{std::string(answer), Span{begin, begin + answer.size()}};
}

Verdict CheckAnswer(const CodeSpec& spec, const std::string& answer,
                    std::chrono::milliseconds budget) {
  const auto box = SharedSandbox();
  if (!box) return Verdict::Failure(box.error().message);
  sandbox::PythonScript script;
  Json data = spec.tests;
  data["answer"] = SanitizeUtf8(answer);
  script.source = runtime::kAnswers;
  script.data = DumpJson(data);
  script.limits = Within(spec.limits, budget);
  const sandbox::RunResult run = sandbox::RunScript(**box, script);
  if (run.report.ending == sandbox::Ending::kExited && run.report.exit_code != 0) {
    return Verdict::Failure("the problem's own data fail: " + LastLineOf(run.stderr_text));
  }
  if (auto verdict = VerdictOfEnding(run.report, "", run.stderr_text)) return *verdict;
  const auto result = ParseJson(run.stdout_text);
  const std::string outcome = result && result->is_object() ? result->value("outcome", "") : "";
  if (outcome == "pass") return Verdict::Correct("", "the answer does what is asked");
  if (outcome == "fail" || outcome == "unreadable") {
    return Verdict::Wrong("", SanitizeUtf8(result->value("reason", "")));
  }
  return Verdict::Failure("the judge of the answer gave no result");
}

}  // namespace assay
