#include "runner/store/schema.h"

#include "base/check.h"
#include "runner/store/records.h"

namespace assay {
namespace {

constexpr int kApplication = 0x61737379;  // "assy"

// Texts live apart from what is counted, so that a summary reads few pages.
constexpr const char* kTables = R"sql(
CREATE TABLE run (
  identity TEXT PRIMARY KEY, identity_json TEXT NOT NULL, model TEXT NOT NULL,
  description TEXT NOT NULL, program TEXT NOT NULL, created TEXT NOT NULL, seed TEXT NOT NULL);
CREATE TABLE suite (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version TEXT NOT NULL, digest TEXT NOT NULL,
  sampling TEXT NOT NULL);
CREATE TABLE problem (
  id INTEGER PRIMARY KEY, suite INTEGER NOT NULL REFERENCES suite(id), problem_id TEXT NOT NULL,
  domain TEXT NOT NULL, level INTEGER, tags TEXT NOT NULL, prompt TEXT NOT NULL,
  reference TEXT NOT NULL, definition TEXT NOT NULL, UNIQUE (suite, problem_id));
CREATE TABLE sample (
  id INTEGER PRIMARY KEY, problem INTEGER NOT NULL REFERENCES problem(id),
  sample INTEGER NOT NULL, finish TEXT NOT NULL, stopped_by TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL, response_tokens INTEGER NOT NULL, wall_ms REAL NOT NULL);
CREATE TABLE response (
  id INTEGER PRIMARY KEY REFERENCES sample(id), text BLOB NOT NULL,
  ids BLOB, logprobs BLOB);
CREATE TABLE verdict (
  id INTEGER NOT NULL REFERENCES sample(id), profile TEXT NOT NULL, outcome TEXT NOT NULL,
  reward REAL, answer TEXT NOT NULL, reason TEXT NOT NULL, span_begin INTEGER, span_end INTEGER,
  wall_ms REAL NOT NULL, PRIMARY KEY (profile, id)) WITHOUT ROWID;
CREATE TABLE failure (
  id INTEGER PRIMARY KEY, problem INTEGER NOT NULL REFERENCES problem(id),
  sample INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE VIEW samples AS
  SELECT suite.name AS suite, problem.problem_id AS problem, sample.sample AS sample,
         problem.domain AS domain, problem.level AS level, verdict.profile AS profile,
         verdict.outcome AS outcome, verdict.reward AS reward, verdict.answer AS answer,
         verdict.reason AS reason, sample.finish AS finish,
         sample.prompt_tokens AS prompt_tokens, sample.response_tokens AS response_tokens,
         CAST(response.text AS TEXT) AS text
  FROM sample JOIN problem ON problem.id = sample.problem JOIN suite ON suite.id = problem.suite
  JOIN response ON response.id = sample.id LEFT JOIN verdict ON verdict.id = sample.id;
)sql";

Result<std::int64_t> Pragma(Database& database, const std::string& name) {
  auto statement = database.Prepare("PRAGMA " + name);
  if (!statement) return Pass(statement.error());
  const auto row = statement->Step();
  if (!row) return Pass(row.error());
  return *row ? statement->Int(0) : 0;
}

}  // namespace

std::filesystem::path StoreFile(const std::filesystem::path& run) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(run, ignored) ? run : run / "run.db";
}

Result<void> CreateStoreTables(Database& database) {
  const auto version = Pragma(database, "user_version");
  if (!version) return Pass(version.error());
  if (*version != 0) return {};
  return database.Execute(
      fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA user_version={}; COMMIT;",
                  kTables, kApplication, kStoreSchema));
}

Result<void> CheckStoreSchema(Database& database) {
  const auto application = Pragma(database, "application_id");
  if (!application) return Pass(application.error());
  const auto version = Pragma(database, "user_version");
  if (!version) return Pass(version.error());
  if (*application != kApplication) {
    return Fail(ErrorCode::kInput, "{}: not a run store of this program", database.path());
  }
  if (*version != kStoreSchema) {
    return Fail(ErrorCode::kInput, "{}: written with store schema {}, this program reads schema {}",
                database.path(), *version, kStoreSchema);
  }
  return {};
}

Result<void> Settle(Database& database) {
  // Readers are not waited for: what they still read stays in the log.
  if (auto set = database.Execute("PRAGMA busy_timeout=0"); !set) return set;
  auto checkpoint = database.Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!checkpoint) return Pass(checkpoint.error());
  if (auto moved = checkpoint->Run(); !moved) return moved;
  auto whole = database.Prepare("PRAGMA journal_mode=DELETE");
  if (!whole) return Pass(whole.error());
  (void)whole->Run();  // refused where there are readers
  return database.Execute("PRAGMA busy_timeout=10000");
}

std::int64_t SampleRow(std::int64_t problem, std::int64_t sample) {
  ASSAY_CHECK(problem >= 0 && sample >= 0 && sample < kMaxSamplesPerProblem, "sample out of range");
  return problem * kMaxSamplesPerProblem + sample;
}

}  // namespace assay
