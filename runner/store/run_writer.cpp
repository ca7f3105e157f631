#include "runner/store/run_writer.h"

#include <type_traits>
#include <utility>

#include "runner/store/difference.h"
#include "runner/store/schema.h"

namespace assay {
namespace {

template <class T>
std::string_view AsBytes(const std::vector<T>& values) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

RunWriter::RunWriter(std::filesystem::path folder, RunLock lock, Database database)
    : folder_(std::move(folder)), lock_(std::move(lock)), database_(std::move(database)) {}

Result<RunWriter> RunWriter::Open(const std::filesystem::path& folder, const RunRecord& run) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", folder.string(),
                failure.message());
  }
  auto lock = RunLock::Take(folder);
  if (!lock) return Pass(lock.error());
  auto database = Database::Open(folder / "run.db", Database::Mode::kReadWrite);
  if (!database) return Pass(database.error());
  if (auto made = CreateStoreTables(*database); !made) return Pass(made.error());
  if (auto checked = CheckStoreSchema(*database); !checked) return Pass(checked.error());
  RunWriter writer(folder, std::move(*lock), std::move(*database));
  if (auto ready = writer.Prepare(); !ready) return Pass(ready.error());
  if (auto same = writer.CheckOrPutRun(run); !same) return Pass(same.error());
  return writer;
}

Result<RunWriter> RunWriter::OpenExisting(const std::filesystem::path& run) {
  const auto file = StoreFile(run);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return Fail(ErrorCode::kNotFound, "{}: no run is stored there", run.string());
  }
  const auto folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
  auto lock = RunLock::Take(folder);
  if (!lock) return Pass(lock.error());
  auto database = Database::Open(file, Database::Mode::kReadWrite);
  if (!database) return Pass(database.error());
  if (auto checked = CheckStoreSchema(*database); !checked) return Pass(checked.error());
  RunWriter writer(folder, std::move(*lock), std::move(*database));
  if (auto ready = writer.Prepare(); !ready) return Pass(ready.error());
  return writer;
}

Result<void> RunWriter::Prepare() {
  const std::pair<Statement*, const char*> statements[] = {
      {&put_problem_, "INSERT OR IGNORE INTO problem VALUES (?,?,?,?,?,?,?,?,?)"},
      {&put_sample_, "INSERT OR REPLACE INTO sample VALUES (?,?,?,?,?,?,?,?)"},
      {&put_response_, "INSERT OR REPLACE INTO response VALUES (?,?,?,?)"},
      {&put_verdict_, "INSERT OR REPLACE INTO verdict VALUES (?,?,?,?,?,?,?,?,?)"},
      {&put_failure_, "INSERT OR REPLACE INTO failure VALUES (?,?,?,?)"},
      {&drop_failure_, "DELETE FROM failure WHERE id = ?"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = database_.Prepare(sql);
    if (!prepared) return Pass(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> RunWriter::CheckOrPutRun(const RunRecord& run) {
  auto known = database_.Prepare("SELECT identity, identity_json FROM run");
  if (!known) return Pass(known.error());
  const auto row = known->Step();
  if (!row) return Pass(row.error());
  if (*row) {
    if (known->Text(0) == run.identity) return {};
    return Fail(ErrorCode::kUsage,
                "{}: holds another run ({}); choose another folder with --out, or repeat the "
                "command that made it",
                folder_.string(), FirstDifference(known->Text(1), run.identity_json));
  }
  auto put = database_.Prepare("INSERT INTO run VALUES (?,?,?,?,?,?,?)");
  if (!put) return Pass(put.error());
  put->Bind(0, std::string_view(run.identity)).Bind(1, std::string_view(run.identity_json));
  put->Bind(2, std::string_view(run.model)).Bind(3, std::string_view(run.description));
  put->Bind(4, std::string_view(run.program)).Bind(5, std::string_view(run.created));
  put->Bind(6, std::string_view(std::to_string(run.seed)));
  return put->Run();
}

Result<void> RunWriter::Begin() {
  if (in_transaction_) return {};
  if (auto begun = database_.Execute("BEGIN IMMEDIATE"); !begun) return begun;
  in_transaction_ = true;
  return {};
}

Result<void> RunWriter::Put(const SuiteRecord& suite) {
  if (auto begun = Begin(); !begun) return begun;
  auto put = database_.Prepare("INSERT OR IGNORE INTO suite VALUES (?,?,?,?,?)");
  if (!put) return Pass(put.error());
  put->Bind(0, suite.id).Bind(1, std::string_view(suite.name));
  put->Bind(2, std::string_view(suite.version)).Bind(3, std::string_view(suite.digest));
  put->Bind(4, std::string_view(suite.sampling_json));
  return put->Run();
}

Result<void> RunWriter::Put(const ProblemRecord& problem) {
  if (auto begun = Begin(); !begun) return begun;
  Statement& put = put_problem_;
  put.Bind(0, problem.id).Bind(1, problem.suite).Bind(2, std::string_view(problem.problem_id));
  put.Bind(3, std::string_view(problem.domain));
  if (problem.level) {
    put.Bind(4, std::int64_t{*problem.level});
  } else {
    put.BindNull(4);
  }
  put.Bind(5, std::string_view(problem.tags_json)).Bind(6, std::string_view(problem.prompt_json));
  put.Bind(7, std::string_view(problem.reference));
  put.Bind(8, std::string_view(problem.definition_json));
  return put.Run();
}

Result<void> RunWriter::Put(std::int64_t problem, std::int64_t sample, const Response& response) {
  if (auto begun = Begin(); !begun) return begun;
  const std::int64_t row = SampleRow(problem, sample);
  put_sample_.Bind(0, row).Bind(1, problem).Bind(2, sample).Bind(3, ToString(response.finish));
  put_sample_.Bind(4, std::string_view(response.stopped_by)).Bind(5, response.prompt_tokens);
  put_sample_.Bind(6, response.response_tokens).Bind(7, response.wall_ms);
  if (auto put = put_sample_.Run(); !put) return put;
  put_response_.Bind(0, row).BindBlob(1, response.text);
  response.ids.empty() ? put_response_.BindNull(2)
                       : put_response_.BindBlob(2, AsBytes(response.ids));
  response.logprobs.empty() ? put_response_.BindNull(3)
                            : put_response_.BindBlob(3, AsBytes(response.logprobs));
  if (auto put = put_response_.Run(); !put) return put;
  return drop_failure_.Bind(0, row).Run();
}

Result<void> RunWriter::Put(const StoredVerdict& stored) {
  if (auto begun = Begin(); !begun) return begun;
  const Verdict& verdict = stored.verdict;
  Statement& put = put_verdict_;
  put.Bind(0, SampleRow(stored.problem, stored.sample)).Bind(1, std::string_view(stored.profile));
  put.Bind(2, ToString(verdict.outcome));
  verdict.reward ? put.Bind(3, *verdict.reward) : put.BindNull(3);
  put.Bind(4, std::string_view(verdict.answer)).Bind(5, std::string_view(verdict.reason));
  if (verdict.span) {
    put.Bind(6, static_cast<std::int64_t>(verdict.span->begin));
    put.Bind(7, static_cast<std::int64_t>(verdict.span->end));
  } else {
    put.BindNull(6).BindNull(7);
  }
  return put.Bind(8, stored.wall_ms).Run();
}

Result<void> RunWriter::Put(const FailureRecord& failure) {
  if (auto begun = Begin(); !begun) return begun;
  return put_failure_.Bind(0, SampleRow(failure.problem, failure.sample))
      .Bind(1, failure.problem)
      .Bind(2, failure.sample)
      .Bind(3, std::string_view(failure.message))
      .Run();
}

Result<void> RunWriter::PutNote(const std::string& name, const std::string& value) {
  if (auto begun = Begin(); !begun) return begun;
  auto put = database_.Prepare("INSERT OR REPLACE INTO note VALUES (?,?)");
  if (!put) return Pass(put.error());
  return put->Bind(0, std::string_view(name)).Bind(1, std::string_view(value)).Run();
}

Result<void> RunWriter::Commit() {
  if (!in_transaction_) return {};
  if (auto done = database_.Execute("COMMIT"); !done) return done;
  in_transaction_ = false;
  return {};
}

Result<void> RunWriter::Finish() {
  if (auto done = Commit(); !done) return done;
  return Settle(database_);
}

}  // namespace assay
