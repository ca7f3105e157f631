#include "tasks/review/review.h"

#include <fmt/format.h>

#include "tasks/benchmark.h"
#include "tasks/pack.h"
#include "tasks/review/checks.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct Check {
  const char* name;
  const char* asks;
  CheckResult (*run)(const Subject& subject);
};

// Schema and seal come before these: they decide what there is to look at.
constexpr Check kChecks[] = {
    {"licence", "licence and source are given", CheckLicence},
    {"canary", "a canary string of the pack's own", CheckCanary},
    {"verifiers", "every verifier can be built", CheckVerifiers},
    {"format", "every prompt says how to answer", CheckFormat},
    {"leak", "no prompt gives its answer away", CheckLeak},
    {"duplicates", "no two prompts are the same", CheckDuplicates},
    {"installed", "no prompt stands in an installed suite", CheckInstalled},
    {"references", "every reference is accepted", CheckReferences},
    {"slips", "answers near the reference are refused", CheckSlips},
    {"cheap", "responses without work are refused", CheckCheap},
    {"others", "answers of other problems are refused", CheckOthers},
    {"determinism", "the same verdicts again, on one thread, with other hash seeds",
     CheckDeterminism},
    {"mutants", "code tests refuse nine of ten wrong programs", CheckMutants},
    {"program", "verify.py keeps its limits on any response", CheckProgram},
    {"guess", "guessing does not pay", CheckGuess},
};

std::vector<std::string> Messages(const std::vector<Error>& errors) {
  std::vector<std::string> messages;
  for (const Error& error : errors) messages.push_back(error.message);
  return messages;
}

ReportCard RunChecks(const Subject& subject, std::vector<CheckResult> before) {
  ReportCard card;
  card.suite = subject.suite.name + " " + subject.suite.version;
  card.sha256 = subject.suite.sha256;
  card.problems = subject.suite.problems.size();
  card.judged = subject.JudgedCount();
  card.checks = std::move(before);
  for (const Check& check : kChecks) card.checks.push_back(check.run(subject));
  return card;
}

Result<ReportCard> ReviewPack(const fs::path& folder, const ReviewOptions& options) {
  auto reading = ReadPack(folder);
  if (!reading) return Pass(reading.error());
  const auto& head = reading->head_faults;
  auto schema = Messages(head.empty() ? reading->line_faults : head);
  const auto summary = fmt::format("{} well-formed problems", reading->suite.problems.size());
  std::vector<CheckResult> before = {
      Judged("schema", summary, std::move(schema)),
      Judged("seal", "files are those that pack.json lists", Messages(reading->seal_faults))};
  if (reading->suite.problems.empty()) {
    ReportCard card;
    card.suite = folder.string();
    card.checks = std::move(before);
    for (const Check& check : kChecks) {
      card.checks.push_back(Skipped(check.name, "there is no well-formed problem to look at"));
    }
    return card;
  }
  // Faulty lines are reported above; read again, the same lines are good.
  const auto again = [folder]() -> Result<Suite> {
    auto second = ReadPack(folder);
    if (!second) return Pass(second.error());
    return std::move(second->suite);
  };
  return RunChecks(MakeSubject(std::move(reading->suite), again, options), std::move(before));
}

}  // namespace

const std::vector<CheckInfo>& ReviewChecks() {
  static const std::vector<CheckInfo> all = [] {
    std::vector<CheckInfo> list = {{"schema", "pack.json and every line are well formed"},
                                   {"seal", "files are those that pack.json lists"}};
    for (const Check& check : kChecks) list.push_back({check.name, check.asks});
    return list;
  }();
  return all;
}

Result<ReportCard> Review(const std::string& name, const ReviewOptions& options) {
  std::error_code ignored;
  const auto home = TasksHome(options.library);
  const bool shipped = home && name.find('/') == std::string::npos &&
                       fs::exists(*home / "packs" / name / "pack.json", ignored);
  if (shipped) return ReviewPack(*home / "packs" / name, options);
  if (fs::is_directory(name, ignored)) return ReviewPack(name, options);
  auto suite = FindSuite(name, options.library);
  if (!suite) return Pass(suite.error());
  const auto again = [name, options]() -> Result<Suite> {
    if (name == "assay-10k") return MakeBenchmark(kPublicSeed, 1);
    if (name == "assay-mini") return MakeMini(kPublicSeed, 1);
    return FindSuite(name, options.library);
  };
  return RunChecks(MakeSubject(std::move(*suite), again, options), {});
}

}  // namespace assay
