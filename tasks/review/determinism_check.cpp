#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tasks/review/answers.h"
#include "tasks/review/checks.h"

namespace assay {
namespace {

constexpr std::size_t kOtherSeeds = 60;  // problems that run sandboxed Python once more

std::vector<std::string> Responses(const ReviewedProblem& one) {
  std::vector<std::string> responses = {one.RightResponse(), ResponseWith(one.spec, "no idea")};
  for (const std::string& slip : Slips(one.spec, one.problem->reference, 1)) {
    responses.push_back(ResponseWith(one.spec, slip));
  }
  return responses;
}

std::string Told(const Verdict& verdict) {
  return fmt::format("{} {}", ToString(verdict.outcome), verdict.reward.value_or(-1));
}

// What each problem's verifier says of its responses, in one string; `make` gives the verifier.
using Make = std::function<const Verifier*(const ReviewedProblem& one)>;
std::vector<std::string> Tell(const Subject& subject, const Make& make, bool one_thread = false) {
  const auto tell = [&](const ReviewedProblem& one) {
    std::vector<std::string> told;
    const Verifier* verifier = make(one);
    if (verifier == nullptr) return told;
    for (const std::string& response : Responses(one)) {
      told.push_back(Told(verifier->Check(response, kReviewBudget)));
    }
    return told;
  };
  return subject.ForJudged(tell, one_thread);
}

void Compare(const std::vector<std::string>& first, const std::vector<std::string>& again,
             const std::string& how, std::vector<std::string>& findings) {
  for (std::size_t i = 0; i < std::min(first.size(), again.size()); ++i) {
    if (first[i] == again[i]) continue;
    findings.push_back(fmt::format("{}, but {} {}", first[i], again[i], how));
  }
}

bool RunsPython(const ReviewedProblem& one) { return one.kind == "code" || one.kind == "program"; }

// The first problems that run Python, under another seed of its str hashes.
void CompareHashSeeds(const Subject& subject, std::vector<std::string>& findings) {
  std::map<const ReviewedProblem*, std::unique_ptr<const Verifier>> others;
  for (const ReviewedProblem& one : subject.problems) {
    if (!one.judged || !one.verifier || !RunsPython(one) || others.size() == kOtherSeeds) continue;
    if (auto made = VerifierWithHashSeed(subject, one)) others[&one] = std::move(*made);
  }
  const auto under = [&](bool other) {
    return Tell(subject, [&, other](const ReviewedProblem& one) -> const Verifier* {
      const auto found = others.find(&one);
      if (found == others.end()) return nullptr;
      return other ? found->second.get() : one.verifier.get();
    });
  };
  Compare(under(false), under(true), "under another hash seed", findings);
}

}  // namespace

CheckResult CheckDeterminism(const Subject& subject) {
  std::vector<std::string> findings;
  const auto again = subject.load_again();
  if (!again) {
    findings.push_back("cannot be read again: " + again.error().message);
  } else if (again->sha256 != subject.suite.sha256) {
    findings.push_back("reading or generating it twice gives different problems");
  }
  const Make own = [](const ReviewedProblem& one) { return one.verifier.get(); };
  const auto first = Tell(subject, own);
  Compare(first, Tell(subject, own, true), "the second time, on one thread", findings);
  CompareHashSeeds(subject, findings);
  return Judged("determinism",
                fmt::format("{} verdicts the same twice, on one thread, under another hash seed",
                            first.size()),
                std::move(findings));
}

}  // namespace assay
