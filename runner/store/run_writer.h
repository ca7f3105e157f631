// runner/store/run_writer.h -- Writes one run folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/sqlite.h"
#include "runner/store/records.h"
#include "runner/store/run_lock.h"

namespace assay {

// Owns the folder's lock and its database connection. One thread at a time. What was put is kept
// for good once Commit has returned, also through kill -9; before that it is lost as a whole.
class RunWriter {
 public:
  // Opens the run in `folder`, making both where they are not there yet. An existing run must have
  // the same identity: else kUsage, naming what differs. kUnavailable when another process writes
  // there, or the disk refuses.
  static Result<RunWriter> Open(const std::filesystem::path& folder, const RunRecord& run);
  // Opens an existing run, whatever its identity, to add verdicts. kNotFound if there is none.
  static Result<RunWriter> OpenExisting(const std::filesystem::path& run);

  // Known suites and problems are left as they are.
  Result<void> Put(const SuiteRecord& suite);
  Result<void> Put(const ProblemRecord& problem);
  // A response; forgets an earlier failure of the same sample.
  Result<void> Put(std::int64_t problem, std::int64_t sample, const Response& response);
  Result<void> Put(const StoredVerdict& stored);
  Result<void> Put(const FailureRecord& failure);
  // A named remark on the run ("preflight", …); the last one of a name stays.
  Result<void> PutNote(const std::string& name, const std::string& value);

  // Makes everything put so far durable against the end of this process.
  Result<void> Commit();
  // Commits, and leaves one file in the folder where nobody else reads it (Settle).
  Result<void> Finish();

  const std::filesystem::path& folder() const { return folder_; }

 private:
  RunWriter(std::filesystem::path folder, RunLock lock, Database database);
  Result<void> Begin();
  Result<void> Prepare();
  Result<void> CheckOrPutRun(const RunRecord& run);

  std::filesystem::path folder_;
  RunLock lock_;
  Database database_;
  Statement put_problem_, put_sample_, put_response_, put_verdict_, put_failure_, drop_failure_;
  bool in_transaction_ = false;
};

}  // namespace assay
