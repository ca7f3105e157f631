// Every reference of the benchmark is accepted; slips, near misses and cheap answers are refused.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <set>

#include "base/thread_pool.h"
#include "tasks/benchmark.h"
#include "tasks/review/answers.h"
#include "tasks/review/guess.h"
#include "tests/support/catch.h"
#include "verifiers/registry.h"

namespace {

using assay::Generated;
using assay::Outcome;

constexpr std::chrono::milliseconds kBudget{20'000};

struct Tally {
  std::atomic<std::size_t> references = 0;
  std::atomic<std::size_t> refused = 0;
  std::mutex mutex;
  std::vector<std::string> faults;
  std::map<std::string, double> seconds;  // by family

  void Note(const Generated& one, const std::string& what) {
    const std::lock_guard lock(mutex);
    faults.push_back(one.problem.id + ": " + what);
  }
  void Took(const Generated& one, double time) {
    const std::lock_guard lock(mutex);
    seconds[one.problem.meta["family"].get<std::string>()] += time;
  }
};

// Each of these starts a program in the sandbox, and what the tests of one problem make of "I don't
// know" is what those of the next make of it: a problem tries every seventh, another one of them
// from one problem (and level) to the next. Wrong programs are all tried.
std::vector<assay::CheapResponse> TakeTurns(std::vector<assay::CheapResponse> all,
                                            const Generated& one) {
  constexpr std::size_t kTurns = 7;
  const auto index = one.problem.meta["index"].get<std::size_t>();
  std::vector<assay::CheapResponse> some;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((index + i) % kTurns == 0) some.push_back(std::move(all[i]));
  }
  return some;
}

std::vector<assay::CheapResponse> WrongResponses(const Generated& one) {
  const auto& spec = one.problem.verifier;
  auto wrong = assay::CheapResponses(spec, one.draft.prompt, one.draft.reference);
  if (assay::AsksForProgram(spec)) wrong = TakeTurns(std::move(wrong), one);
  auto answers = one.draft.near_misses;
  if (one.draft.unique) {
    const auto slips = assay::Slips(spec, one.draft.reference, 4);
    answers.insert(answers.end(), slips.begin(), slips.end());
  }
  for (const std::string& answer : answers) {
    wrong.push_back({"wrong answer " + answer, assay::ResponseWith(spec, answer)});
  }
  return wrong;
}

void Try(const Generated& one, Tally& tally) {
  const auto verifier = assay::MakeVerifier(
      one.problem.verifier, {one.problem.reference, assay::ToJson(one.problem), ""});
  if (!verifier) return tally.Note(one, verifier.error().message);
  const auto right =
      (*verifier)->Check(assay::ResponseWith(one.problem.verifier, one.problem.reference), kBudget);
  if (right.outcome != Outcome::kCorrect) return tally.Note(one, "reference: " + right.reason);
  ++tally.references;
  for (const auto& wrong : WrongResponses(one)) {
    const auto verdict = (*verifier)->Check(wrong.text, kBudget);
    const bool refused = verdict.outcome != Outcome::kCorrect &&
                         verdict.outcome != Outcome::kError && verdict.reward.value_or(0) < 1;
    if (refused) {
      ++tally.refused;
    } else {
      tally.Note(one, wrong.name + ": " + std::string(ToString(verdict.outcome)));
    }
  }
}

// A share of the families of these domains.
std::vector<assay::Portion> Mix(std::size_t share_of, const std::set<std::string>& domains) {
  std::vector<assay::Portion> mix;
  for (auto portion : assay::kBenchmarkComplete ? assay::FrozenMix() : assay::BalancedMix()) {
    portion.count = (portion.count + share_of - 1) / share_of;
    if (domains.count(portion.family->domain) > 0) mix.push_back(portion);
  }
  return mix;
}

// The five families that took longest, with their seconds (of wall time, summed over threads).
std::string Slowest(const Tally& tally) {
  std::vector<std::pair<double, std::string>> families;
  for (const auto& [family, seconds] : tally.seconds) families.emplace_back(seconds, family);
  std::sort(families.rbegin(), families.rend());
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, families.size()); ++i) {
    text += (i == 0 ? "" : ", ") + families[i].second + " " +
            std::to_string(std::lround(families[i].first)) + " s";
  }
  return text;
}

void CheckAnswers(const std::vector<assay::Portion>& mix, std::size_t refusals) {
  const auto made = assay::GenerateProblems(mix, {assay::kPublicSeed, 0, nullptr, true});
  if (!made) FAIL(made.error().message);
  Tally tally;
  assay::ParallelFor(made->size(), assay::UsableThreads(), [&](std::size_t i) {
    const auto begin = std::chrono::steady_clock::now();
    Try((*made)[i], tally);
    tally.Took((*made)[i],
               std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  });
  for (std::size_t i = 0; i < std::min<std::size_t>(tally.faults.size(), 40); ++i) {
    UNSCOPED_INFO(tally.faults[i]);
  }
  CHECK(tally.faults.empty());
  CHECK(tally.references == made->size());
  CHECK(tally.refused >= refusals);
  WARN("slowest: " << Slowest(tally));
  WARN(tally.references << " references accepted, " << tally.refused << " wrong answers refused");
}

}  // namespace

TEST_CASE("a fortieth of the benchmark: references accepted, wrong answers refused", "[bulk]") {
  CheckAnswers(Mix(40, {"math", "code", "logic"}), 2'500);
}

TEST_CASE("all math and logic of the benchmark: references accepted, wrong answers refused",
          "[slow]") {
  CheckAnswers(Mix(1, {"math", "logic"}), 50'000);
}

TEST_CASE("all code of the benchmark: references accepted, wrong answers refused", "[slow]") {
  CheckAnswers(Mix(1, {"code"}), 20'000);
}
