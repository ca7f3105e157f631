// runner/store/run_reader.h -- Reads one run folder: the only way in for reports.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/sqlite.h"
#include "runner/store/records.h"

namespace assay {

// One sample as reports count it.
struct JudgedSample {
  SampleRecord sample;  // only problem and sample are set for kFailed
  SampleClass outcome_class = SampleClass::kFailed;
  Verdict verdict;      // outcome kError with the failure's message for kFailed
  bool judged = false;  // false: stored, but the run was stopped before its verdict, or kFailed
};

// A snapshot for reading; a run that is still going on may be read too. One thread at a time;
// movable. Every error names the file.
class RunReader {
 public:
  // `run` is a folder or its run.db. kNotFound, or kInput for a file of another kind or schema, or
  // a damaged one.
  static Result<RunReader> Open(const std::filesystem::path& run);

  const RunRecord& run() const { return run_; }
  const std::vector<SuiteRecord>& suites() const { return suites_; }
  const std::string& path() const { return database_.path(); }

  // In the order of the run; `definitions` false leaves prompt, reference and definition empty.
  Result<std::vector<ProblemRecord>> Problems(bool definitions);
  Result<ProblemRecord> Problem(std::int64_t id);

  // Every sample and failure by problem, then sample, with its verdict under `profile`. `take`
  // returning false ends the reading. `with_answers` false leaves the answer empty (faster).
  Result<void> ForEachSample(const std::function<bool(const JudgedSample&)>& take,
                             const std::string& profile = std::string(kOwnProfile),
                             bool with_answers = true);
  // One stored response whole: text, ids, logprobs, finish, counts.
  Result<Response> ReadSample(std::int64_t problem, std::int64_t sample);
  // Every response text by problem, then sample.
  Result<void> ForEachText(
      const std::function<bool(std::int64_t problem, std::int64_t sample, std::string text)>& take);

  // The profiles that verdicts are stored under, the suite's own first.
  Result<std::vector<std::string>> Profiles();
  // kUsage, naming those that are there, when no verdict is stored under `profile`.
  Result<void> RequireProfile(const std::string& profile);
  Result<std::optional<std::string>> Note(const std::string& name);

 private:
  explicit RunReader(Database database) : database_(std::move(database)) {}
  Result<void> ReadHead();
  Result<void> CheckSample(std::int64_t problem, std::int64_t sample) const;
  tl::unexpected<Error> Damaged(const std::string& how) const;

  Database database_;
  RunRecord run_;
  std::vector<SuiteRecord> suites_;
  std::unordered_set<std::int64_t> known_;  // problems
};

}  // namespace assay
