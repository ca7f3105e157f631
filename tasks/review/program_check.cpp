#include <fmt/format.h>

#include "base/utf8.h"
#include "tasks/review/checks.h"

namespace assay {
namespace {

struct Hard {
  const char* name;
  std::string response;
};

// What a model may send by accident or on purpose; verify.py must say something about each.
const std::vector<Hard>& HardResponses() {
  static const std::vector<Hard> responses = {
      {"nothing", ""},
      {"a megabyte of one letter", std::string(1'000'000, 'a')},
      {"a megabyte of lines",
       [] {
         std::string lines;
         while (lines.size() < 1'000'000) lines += "Answer: 1\n";
         return lines;
       }()},
      {"nested brackets", "Answer: " + std::string(100'000, '(') + std::string(100'000, ')')},
      {"a number of 20,000 digits", "Answer: " + std::string(20'000, '9')},
      {"a tower of powers", "Answer: 9**9**9**9"},
      {"code that would run", "Answer: __import__('os')._exit(0)"},
      {"control bytes", std::string("Answer: \0\x01\x1b[2J\xff\xfe", 16)},
      {"other scripts", "Answer: \xd9\xa1\xd9\xa2 \xe2\x88\x9e \xf0\x9f\x98\x80"},
  };
  return responses;
}

std::vector<std::string> TryHard(const ReviewedProblem& one) {
  std::vector<std::string> found;
  for (const Hard& hard : HardResponses()) {
    const Verdict verdict = one.verifier->Check(hard.response, kReviewBudget);
    if (verdict.outcome != Outcome::kError) continue;
    found.push_back(fmt::format("verify.py fails on {}: {}", hard.name,
                                SanitizeUtf8(Abbreviate(verdict.reason, 160))));
  }
  return found;
}

}  // namespace

// The limits are the sandbox's: a verify.py that exceeds them gives an error, which is found here.
CheckResult CheckProgram(const Subject& subject) {
  std::size_t programs = 0;
  for (const ReviewedProblem& one : subject.problems) programs += one.kind == "program" ? 1 : 0;
  if (programs == 0) return Skipped("program", "no verify.py");
  constexpr std::size_t kProblems = 20;
  std::size_t left = kProblems;
  std::vector<const ReviewedProblem*> tried;
  for (const ReviewedProblem& one : subject.problems) {
    if (one.kind == "program" && one.judged && left-- > 0) tried.push_back(&one);
  }
  auto findings = subject.ForJudged([&](const ReviewedProblem& one) {
    const bool wanted = std::find(tried.begin(), tried.end(), &one) != tried.end();
    return wanted ? TryHard(one) : std::vector<std::string>();
  });
  return Judged("program",
                fmt::format("verify.py keeps its limits on {} hard responses",
                            tried.size() * HardResponses().size()),
                std::move(findings));
}

}  // namespace assay
