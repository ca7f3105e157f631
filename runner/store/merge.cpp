#include "runner/store/merge.h"

#include "base/sqlite.h"
#include "runner/store/difference.h"
#include "runner/store/run_lock.h"
#include "runner/store/run_reader.h"
#include "runner/store/schema.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Of a sample that several parts hold the first response stays; a verdict goes with its response.
constexpr const char* kCopy = R"sql(
BEGIN IMMEDIATE;
INSERT OR IGNORE INTO main.run SELECT * FROM part.run;
INSERT OR IGNORE INTO main.suite SELECT * FROM part.suite;
INSERT OR IGNORE INTO main.problem SELECT * FROM part.problem;
INSERT OR IGNORE INTO main.sample SELECT * FROM part.sample;
INSERT OR IGNORE INTO main.response SELECT * FROM part.response;
CREATE TEMP TABLE same AS SELECT main.response.id AS id FROM main.response
  JOIN part.response AS other ON other.id = main.response.id AND other.text = main.response.text;
DELETE FROM main.verdict WHERE outcome = 'error' AND id IN (SELECT id FROM same) AND EXISTS (
  SELECT 1 FROM part.verdict AS other WHERE other.profile = main.verdict.profile
  AND other.id = main.verdict.id AND other.outcome <> 'error');
INSERT OR IGNORE INTO main.verdict
  SELECT * FROM part.verdict WHERE id IN (SELECT id FROM same);
DROP TABLE same;
INSERT OR IGNORE INTO main.failure SELECT * FROM part.failure;
INSERT OR IGNORE INTO main.note SELECT * FROM part.note;
DELETE FROM main.failure WHERE id IN (SELECT id FROM main.sample);
COMMIT;
DETACH part;
)sql";

Result<RunRecord> RecordOf(const fs::path& run) {
  const auto reader = RunReader::Open(run);
  if (!reader) return Pass(reader.error());
  return reader->run();
}

Result<void> CopyPart(Database& database, const fs::path& run) {
  auto attach = database.Prepare("ATTACH ? AS part");
  if (!attach) return Pass(attach.error());
  attach->Bind(0, std::string_view(StoreFile(run).string()));
  if (auto attached = attach->Run(); !attached) return attached;
  return database.Execute(kCopy);
}

Result<void> CheckParts(const std::vector<fs::path>& runs) {
  const auto first = RecordOf(runs.front());
  if (!first) return Pass(first.error());
  for (const fs::path& run : runs) {
    const auto other = RecordOf(run);
    if (!other) return Pass(other.error());
    if (other->identity == first->identity) continue;
    return Fail(ErrorCode::kUsage, "{} and {} are not parts of one run ({})", runs.front().string(),
                run.string(), FirstDifference(first->identity_json, other->identity_json));
  }
  return {};
}

}  // namespace

Result<bool> ArePartsOfOneRun(const std::vector<fs::path>& runs) {
  std::string identity;
  for (const fs::path& run : runs) {
    const auto record = RecordOf(run);
    if (!record) return Pass(record.error());
    if (identity.empty()) identity = record->identity;
    if (record->identity != identity) return false;
  }
  return true;
}

Result<void> MergeRuns(const std::vector<fs::path>& runs, const fs::path& folder) {
  std::vector<fs::path> all = runs;
  std::error_code failure;
  if (fs::exists(StoreFile(folder), failure)) all.push_back(folder);
  if (auto parts = CheckParts(all); !parts) return parts;
  fs::create_directories(folder, failure);
  if (failure) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", folder.string(),
                failure.message());
  }
  const auto lock = RunLock::Take(folder);
  if (!lock) return Pass(lock.error());
  auto database = Database::Open(folder / "run.db", Database::Mode::kReadWrite);
  if (!database) return Pass(database.error());
  if (auto made = CreateStoreTables(*database); !made) return made;
  for (const fs::path& run : runs) {
    if (auto copied = CopyPart(*database, run); !copied) return copied;
  }
  return Settle(*database);
}

}  // namespace assay
