#include "verifiers/code/code_verdict.h"

#include <fmt/format.h>

#include <csignal>

#include "base/utf8.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 300;

std::string Text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? SanitizeUtf8(Abbreviate(found->get<std::string>(), kShownBytes))
             : std::string();
}

std::int64_t Count(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

// "f(2, 3) gave 6; assert candidate(2, 3) == 5"
std::string Describe(const Json& failure) {
  const std::string call = Text(failure, "call");
  const std::string got = Text(failure, "got");
  const std::string test = Text(failure, "test");
  const std::string error = Text(failure, "error");
  std::string words = call;
  if (!got.empty()) words += " gave " + got;
  if (!test.empty()) words += (words.empty() ? "" : "; ") + test;
  const bool plain = error == "AssertionError" && !words.empty();
  if (!plain && !error.empty()) words += (words.empty() ? "" : "; ") + error;
  return words.empty() ? "a test fails" : words;
}

// All failures that the judge tells of, and how many there are beyond them.
std::string DescribeAll(const Json& failures, std::int64_t failed) {
  std::string words;
  for (const Json& failure : failures) {
    if (!failure.is_object()) continue;
    words += (words.empty() ? "" : " | ") + Describe(failure);
  }
  const auto shown = static_cast<std::int64_t>(failures.size());
  if (failed > shown) words += fmt::format(" | and {} more", failed - shown);
  return words;
}

}  // namespace

std::string LastLineOf(const std::string& text) {
  const auto bare = Trim(text);
  const auto line = bare.rfind('\n');
  return SanitizeUtf8(
      Abbreviate(line == std::string_view::npos ? bare : bare.substr(line + 1), kShownBytes));
}

std::optional<Verdict> VerdictOfEnding(const sandbox::EndingReport& report, const std::string& what,
                                       const std::string& stderr_text) {
  using sandbox::Ending;
  const std::string words = LastLineOf(stderr_text);
  const std::string tail = words.empty() ? "" : ": " + words;
  switch (report.ending) {
    case Ending::kExited:
      if (report.exit_code == 0) return std::nullopt;
      return Verdict::Wrong("", fmt::format("{}exit status {}{}", what, report.exit_code, tail));
    case Ending::kSignaled:
      return Verdict::Wrong("", fmt::format("{}ended by signal {}{}", what, report.signal, tail));
    case Ending::kViolation:
      return Verdict::Wrong("", what + "stopped by the sandbox: a forbidden system call");
    case Ending::kCpuLimit:
      return Verdict::Limit("", what + "CPU time limit");
    case Ending::kWallLimit:
      return Verdict::Limit("", what + "wall time limit");
    case Ending::kMemoryLimit:
      return Verdict::Limit("", what + "memory limit");
    case Ending::kOutputLimit:
      return Verdict::Limit("", what + "output limit");
    case Ending::kSandboxFailed:
      break;
  }
  return Verdict::Failure("the sandbox failed: " + report.message);
}

bool JudgeWasLost(const sandbox::PairResult& result) {
  using sandbox::Ending;
  const sandbox::EndingReport& judge = result.judge;
  return judge.ending == Ending::kSandboxFailed ||
         (judge.ending == Ending::kSignaled && judge.signal == SIGKILL);
}

Verdict VerdictWithoutAnswer(const sandbox::PairResult& result) {
  using sandbox::Ending;
  if (JudgeWasLost(result)) return Verdict::Failure("the judge failed: " + result.judge.message);
  if (auto verdict = VerdictOfEnding(result.candidate, "", result.candidate_stderr);
      verdict && result.candidate_ended_first) {
    return *verdict;
  }
  // The tests are the author's, but what they work on came from the response.
  if (result.judge.ending != Ending::kExited)
    return Verdict::Limit("", "the tests exceeded a limit on what the program returned");
  return Verdict::Failure("the judge ended without an answer: " + LastLineOf(result.judge_stderr));
}

Verdict VerdictOfTests(const Json& result, bool partial) {
  if (!result.is_object()) return Verdict::Failure("the judge's answer is malformed");
  const std::string outcome = Text(result, "outcome");
  const std::int64_t total = Count(result, "total");
  const std::int64_t passed = Count(result, "passed");
  if (outcome == "pass" && total > 0 && passed == total && Count(result, "calls") > 0) {
    return Verdict::Correct(
        "", total == 1 ? "the test passes" : fmt::format("all {} tests pass", total));
  }
  if (outcome == "fail") {
    const auto failures = result.find("failures");
    if (failures == result.end() || !failures->is_array() || failures->empty())
      return Verdict::Failure("the judge's answer is malformed");
    Verdict verdict = Verdict::Wrong("", DescribeAll(*failures, Count(result, "failed")));
    if (failures->front().is_object() && Text(failures->front(), "got").starts_with("MemoryError"))
      return Verdict::Limit("", "memory limit: " + verdict.reason);
    if (partial && total > 0) {
      verdict.reward = static_cast<double>(passed) / static_cast<double>(total);
      verdict.reason = fmt::format("{} of {} tests pass; {}", passed, total, verdict.reason);
    }
    return verdict;
  }
  const std::string reason = Text(result, "reason");
  return Verdict::Failure(reason.empty() ? "the judge's answer is malformed" : reason);
}

}  // namespace assay
