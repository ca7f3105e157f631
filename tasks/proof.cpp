#include "tasks/proof.h"

#include "base/thread_pool.h"
#include "tasks/generators/registry.h"
#include "tasks/review/answers.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kBudget{20'000};

// What is wrong with a problem, or nothing.
std::optional<std::string> Doubt(const Generated& one) {
  const Family* family = FindFamily(one.problem.meta["family"].get<std::string>());
  if (family == nullptr) return "its family is gone";
  if (auto doubt = family->prove(one.draft)) return "proof: " + *doubt;
  const auto verifier =
      MakeVerifier(one.problem.verifier, {one.problem.reference, ToJson(one.problem), ""});
  if (!verifier) return verifier.error().message;
  const auto response = ResponseWith(one.problem.verifier, one.problem.reference);
  const Verdict verdict = (*verifier)->Check(response, kBudget);
  if (verdict.outcome == Outcome::kCorrect) return std::nullopt;
  return "the reference is not accepted: " + verdict.reason;
}

}  // namespace

Proof ProveProblems(const std::vector<Generated>& made, std::size_t threads) {
  std::vector<std::optional<std::string>> doubts(made.size());
  ParallelFor(made.size(), threads == 0 ? UsableThreads() : threads,
              [&](std::size_t i) { doubts[i] = Doubt(made[i]); });
  Proof proof;
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (doubts[i]) {
      proof.doubts.push_back(made[i].problem.id + ": " + *doubts[i]);
    } else {
      ++proof.proven;
    }
  }
  return proof;
}

}  // namespace assay
