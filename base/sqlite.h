// base/sqlite.h -- The one adapter around SQLite: errors are values that name the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace assay {

// One prepared statement. Used by one thread at a time; must not outlive its Database.
// Columns and parameters count from 0.
class Statement {
 public:
  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, double value);
  Statement& Bind(int index, std::string_view text);  // the bytes are copied
  Statement& BindBlob(int index, std::string_view bytes);
  Statement& BindNull(int index);

  // true: a row is ready; false: done (and reset, so that it can be bound and run again).
  Result<bool> Step();
  // Runs a statement that gives no rows.
  Result<void> Run();
  // Forgets the current row and keeps the bindings.
  void Reset();

  std::int64_t Int(int column) const;
  double Double(int column) const;
  std::string Text(int column) const;  // also for blobs
  bool IsNull(int column) const;

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  sqlite3* handle_ = nullptr;
  std::string path_;
};

// One connection. Used by one thread at a time; movable.
class Database {
 public:
  enum class Mode { kReadOnly, kReadWrite };
  // kReadWrite creates the file, turns WAL on and waits up to 10 s for other writers.
  static Result<Database> Open(const std::filesystem::path& path, Mode mode);

  // One or more statements without parameters or rows.
  Result<void> Execute(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql);
  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Closer> handle_;
  std::string path_;
};

}  // namespace assay
