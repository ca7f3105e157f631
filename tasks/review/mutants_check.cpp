#include <fmt/format.h>

#include <atomic>

#include "base/utf8.h"
#include "tasks/review/answers.h"
#include "tasks/review/checks.h"
#include "tasks/review/guess.h"
#include "tasks/review/mutate.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMutants = 12;  // made of each reference
// Of all mutants at least; one is let off, which may do the same as the reference.
constexpr double kKilledOfPack = 0.9;
constexpr double kKilledOfProblem = 0.5;  // at least, where there are kFewest mutants or more
constexpr std::size_t kFewest = 4;

// The author's mutants and, of a Python reference, ours.
Result<std::vector<std::string>> MutantsOf(const ReviewedProblem& one) {
  auto mutants = one.hints.mutants;
  const bool python = one.spec.value("language", std::string("python")) == "python";
  if (!python || one.problem->reference.empty()) return mutants;
  auto made = PythonMutants(one.problem->reference, kMutants);
  if (!made) return made;
  mutants.insert(mutants.end(), made->begin(), made->end());
  return mutants;
}

// Twenty times what the reference takes: a mutant that loops for ever is killed soon.
std::chrono::milliseconds BudgetOf(const ReviewedProblem& one) {
  const auto begin = Clock::now();
  one.verifier->Check(one.RightResponse(), kReviewBudget);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  return std::min<std::chrono::milliseconds>(std::chrono::milliseconds(500) + 20 * took,
                                             kReviewBudget);
}

struct Count {
  std::atomic<std::size_t> problems = 0, mutants = 0, killed = 0;
};

std::vector<std::string> TryMutants(const ReviewedProblem& one, Count& count) {
  const auto mutants = MutantsOf(one);
  if (!mutants) return {mutants.error().message};
  if (mutants->empty()) return {};
  const auto budget = BudgetOf(one);
  std::size_t killed = 0;
  std::string survivor;
  for (const std::string& mutant : *mutants) {
    const Verdict verdict = one.verifier->Check(ResponseWith(one.spec, mutant), budget);
    if (verdict.outcome == Outcome::kCorrect) {
      survivor = mutant;
    } else {
      ++killed;
    }
  }
  ++count.problems;
  count.mutants += mutants->size();
  count.killed += killed;
  const bool weak = double(killed) < kKilledOfProblem * double(mutants->size());
  if (mutants->size() < kFewest || !weak) return {};
  return {fmt::format("the tests refuse only {} of {} wrong programs; they accept e.g.\n{}", killed,
                      mutants->size(), SanitizeUtf8(Abbreviate(survivor, 600)))};
}

}  // namespace

CheckResult CheckMutants(const Subject& subject) {
  Count count;
  auto findings = subject.ForJudged([&](const ReviewedProblem& one) {
    return AsksForProgram(one.spec) ? TryMutants(one, count) : std::vector<std::string>();
  });
  if (count.problems == 0 && findings.empty()) {
    return Skipped("mutants", "no program is judged by tests");
  }
  const double share = count.mutants == 0 ? 0 : double(count.killed) / double(count.mutants);
  if (double(count.killed + 1) < kKilledOfPack * double(count.mutants)) {
    findings.push_back(
        fmt::format("the tests refuse {:.0f} % of wrong programs, not 90 %", 100 * share));
  }
  return Judged(
      "mutants",
      fmt::format("{} of {} wrong programs refused ({:.0f} %), {} problems", count.killed.load(),
                  count.mutants.load(), 100 * share, count.problems.load()),
      std::move(findings));
}

}  // namespace assay
