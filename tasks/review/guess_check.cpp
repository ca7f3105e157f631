#include <fmt/format.h>

#include "base/utf8.h"
#include "tasks/review/checks.h"
#include "tasks/review/guess.h"

namespace assay {
namespace {

constexpr double kMostRandom = 0.5;    // a coin
constexpr double kMostConstant = 0.6;  // of a group with kFewest problems or more
constexpr std::size_t kFewest = 8;

std::string GroupOf(const ReviewedProblem& one) {
  const auto family = one.problem->meta.find("family");
  const bool named = family != one.problem->meta.end() && family->is_string();
  return named ? "family " + family->get<std::string>() : "kind " + one.kind;
}

}  // namespace

CheckResult CheckGuess(const Subject& subject) {
  std::map<std::string, AnswerTally> groups;
  for (const ReviewedProblem& one : subject.problems) {
    if (AsksForProgram(one.spec)) continue;
    const bool choice = one.kind == "choice";
    groups[GroupOf(one)].Add(one.problem->reference, choice ? OptionsIn(one.prompt) : 0);
  }
  std::vector<std::string> findings;
  double earned = 0;
  std::size_t count = 0;
  for (const auto& [name, tally] : groups) {
    std::string answer;
    const double constant = tally.ConstantScore(&answer);
    if (tally.count() >= kFewest && constant > kMostConstant) {
      findings.push_back(fmt::format("{}: always answering \"{}\" is right in {:.0f} %", name,
                                     Abbreviate(answer, 40), 100 * constant));
    }
    const double random = tally.RandomScore();
    if (tally.count() >= kFewest && random > kMostRandom) {
      findings.push_back(
          fmt::format("{}: a random answerer is right in {:.0f} %", name, 100 * random));
    }
    earned += random * double(tally.count());
    count += tally.count();
  }
  if (count == 0) return Skipped("guess", "programs cannot be guessed");
  return Judged("guess",
                fmt::format("a random answerer earns {:.1f} % of {} problems",
                            100 * earned / double(count), count),
                std::move(findings));
}

}  // namespace assay
