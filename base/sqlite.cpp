#include "base/sqlite.h"

#include <sqlite3.h>

namespace assay {
namespace {

tl::unexpected<Error> SqliteFailure(sqlite3* handle, const std::string& path) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle);
  const bool callers = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
  const bool ours = code == SQLITE_ERROR || code == SQLITE_MISUSE || code == SQLITE_RANGE;
  const ErrorCode kind = ours      ? ErrorCode::kInternal
                         : callers ? ErrorCode::kInput
                                   : ErrorCode::kUnavailable;
  return Fail(kind, "{}: {}", path, handle == nullptr ? "out of memory" : sqlite3_errmsg(handle));
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Closer::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement& Statement::Bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index + 1, value);
  return *this;
}

Statement& Statement::Bind(int index, double value) {
  sqlite3_bind_double(statement_.get(), index + 1, value);
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index + 1, text.data() == nullptr ? "" : text.data(),
                      text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBlob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), index + 1, bytes.data() == nullptr ? "" : bytes.data(),
                      bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::BindNull(int index) {
  sqlite3_bind_null(statement_.get(), index + 1);
  return *this;
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  const auto failure = SqliteFailure(handle_, path_);
  sqlite3_reset(statement_.get());
  return failure;
}

Result<void> Statement::Run() {
  for (;;) {
    const auto row = Step();
    if (!row) return Pass(row.error());
    if (!*row) return {};
  }
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::Double(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string Statement::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

Result<Database> Database::Open(const std::filesystem::path& path, Mode mode) {
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database;
  database.handle_.reset(raw);
  database.path_ = path.string();
  if (code != SQLITE_OK) return SqliteFailure(raw, database.path_);
  sqlite3_busy_timeout(raw, 10'000);
  if (mode == Mode::kReadWrite) {
    if (auto set = database.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"); !set) {
      return Pass(set.error());
    }
  }
  return database;
}

Result<void> Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return SqliteFailure(handle_.get(), path_);
  }
  return {};
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
      SQLITE_OK) {
    return SqliteFailure(handle_.get(), path_);
  }
  Statement statement;
  statement.statement_.reset(raw);
  statement.handle_ = handle_.get();
  statement.path_ = path_;
  return statement;
}

}  // namespace assay
