#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "base/utf8.h"
#include "tasks/review/answers.h"
#include "tasks/review/checks.h"

namespace assay {
namespace {

constexpr std::size_t kSlips = 6;
constexpr std::size_t kOthers = 4;
constexpr std::size_t kCandidates = 6;

std::string Shown(std::string_view text) { return SanitizeUtf8(Abbreviate(text, 80)); }

// Says what is wrong when a response that must be refused is not.
std::optional<std::string> Accepted(const ReviewedProblem& one, const std::string& what,
                                    const std::string& response) {
  const Verdict verdict = one.verifier->Check(response, kReviewBudget);
  if (verdict.outcome == Outcome::kError) {
    return fmt::format("{}: no verdict: {}", what, Shown(verdict.reason));
  }
  const bool paid = verdict.outcome == Outcome::kCorrect || verdict.reward.value_or(0) >= 1;
  if (!paid) return std::nullopt;
  return fmt::format("{} is accepted", what);
}

// Problems whose answers could be given here: of the same kind, with another reference.
std::vector<const ReviewedProblem*> OthersOf(const Subject& subject, const ReviewedProblem& one,
                                             std::size_t count) {
  std::vector<const ReviewedProblem*> others;
  const auto begin = std::size_t(&one - subject.problems.data());
  for (std::size_t step = 1; step < subject.problems.size() && others.size() < count; ++step) {
    const auto& other = subject.problems[(begin + step) % subject.problems.size()];
    const bool fits = other.kind == one.kind && !other.problem->reference.empty() &&
                      other.problem->reference != one.problem->reference;
    if (fits) others.push_back(&other);
  }
  return others;
}

// Everything that might be right, in one answer, and hedges between two.
std::vector<CheapResponse> Candidates(const Subject& subject, const ReviewedProblem& one) {
  std::vector<CheapResponse> lists;
  if (one.kind == "code") return lists;
  const auto others = OthersOf(subject, one, kCandidates);
  if (others.empty()) return lists;
  const std::string& reference = one.problem->reference;
  std::string all = reference;
  for (const auto* other : others) all += ", " + other->problem->reference;
  const std::string& wrong = others.front()->problem->reference;
  lists.push_back({"a list of candidates", ResponseWith(one.spec, all)});
  lists.push_back({"a hedge of two answers", ResponseWith(one.spec, wrong + " or " + reference)});
  lists.push_back(
      {"a hedge, the right one first", ResponseWith(one.spec, reference + " or " + wrong)});
  return lists;
}

// Slips are made by kind; the author of a verify.py says when they fit its answers.
Json SlipSpec(const ReviewedProblem& one) {
  return one.kind == "program" ? Json::object({{"kind", "exact"}}) : one.spec;
}

bool SameInValue(const ReviewedProblem& one, const ReviewedProblem& other) {
  if (!other.verifier) return false;
  const auto response = ResponseWith(other.spec, one.problem->reference);
  return other.verifier->Check(response, kReviewBudget).outcome == Outcome::kCorrect;
}

}  // namespace

CheckResult CheckVerifiers(const Subject& subject) {
  const auto built =
      std::count_if(subject.problems.begin(), subject.problems.end(),
                    [](const ReviewedProblem& one) { return one.verifier != nullptr; });
  return Judged("verifiers", fmt::format("{} built", built), subject.build_faults);
}

CheckResult CheckReferences(const Subject& subject) {
  auto findings = subject.ForJudged([](const ReviewedProblem& one) {
    std::vector<std::string> found;
    if (one.problem->reference.empty() && !one.hints.response) {
      found.emplace_back("has no reference: nothing shows that it can be solved");
      return found;
    }
    const Verdict verdict = one.verifier->Check(one.RightResponse(), kReviewBudget);
    if (verdict.outcome != Outcome::kCorrect) {
      found.push_back(fmt::format("the reference \"{}\" is not accepted: {}: {}",
                                  Shown(one.problem->reference), ToString(verdict.outcome),
                                  Shown(verdict.reason)));
    }
    return found;
  });
  const auto tried = subject.JudgedCount();
  const auto refused = findings.size() + subject.build_faults.size();
  const auto summary = fmt::format("{} of {} accepted", tried - std::min(tried, refused), tried);
  return Judged("references", summary, std::move(findings));
}

CheckResult CheckSlips(const Subject& subject) {
  std::atomic<std::size_t> tried = 0;
  auto findings = subject.ForJudged([&](const ReviewedProblem& one) {
    std::vector<std::string> found;
    auto wrong = one.hints.wrong;
    if (one.hints.unique) {
      const auto slips = Slips(SlipSpec(one), one.problem->reference, kSlips);
      wrong.insert(wrong.end(), slips.begin(), slips.end());
    }
    tried += wrong.size();
    for (const std::string& answer : wrong) {
      const std::string what = fmt::format("the wrong answer \"{}\" (reference \"{}\")",
                                           Shown(answer), Shown(one.problem->reference));
      if (auto bad = Accepted(one, what, ResponseWith(one.spec, answer))) found.push_back(*bad);
    }
    return found;
  });
  return Judged("slips", fmt::format("{} answers near the references, refused", tried.load()),
                std::move(findings));
}

CheckResult CheckCheap(const Subject& subject) {
  std::atomic<std::size_t> tried = 0;
  auto findings = subject.ForJudged([&](const ReviewedProblem& one) {
    std::vector<std::string> found;
    auto cheap = CheapResponses(one.spec, one.prompt, one.problem->reference);
    for (auto& list : Candidates(subject, one)) cheap.push_back(std::move(list));
    tried += cheap.size();
    for (const CheapResponse& response : cheap) {
      const std::string what = "the cheap response \"" + response.name + "\"";
      if (auto bad = Accepted(one, what, response.text)) found.push_back(*bad);
    }
    return found;
  });
  return Judged("cheap", fmt::format("{} responses without work, refused", tried.load()),
                std::move(findings));
}

// Where many answers are right, another problem's may be one of them; but not all of them.
CheckResult CheckOthers(const Subject& subject) {
  std::atomic<std::size_t> tried = 0;
  auto findings = subject.ForJudged([&](const ReviewedProblem& one) {
    std::vector<std::string> found;
    const auto others = OthersOf(subject, one, kOthers);
    for (const ReviewedProblem* other : others) {
      const std::string what = fmt::format("the answer \"{}\" of {}",
                                           Shown(other->problem->reference), other->problem->id);
      ++tried;
      auto bad = Accepted(one, what, ResponseWith(one.spec, other->problem->reference));
      if (bad && (!one.hints.unique || !SameInValue(one, *other))) found.push_back(*bad);
    }
    const bool any_allowed =
        !one.hints.unique && (others.size() < 2 || found.size() < others.size());
    if (any_allowed) found.clear();
    return found;
  });
  return Judged("others", fmt::format("{} answers of other problems, refused", tried.load()),
                std::move(findings));
}

}  // namespace assay
