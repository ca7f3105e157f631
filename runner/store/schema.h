// runner/store/schema.h -- The tables of a run store.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/sqlite.h"

namespace assay {

// Raised whenever the tables change; stored as SQLite's user_version.
inline constexpr int kStoreSchema = 1;

// "DIR" or "DIR/run.db": the store file.
std::filesystem::path StoreFile(const std::filesystem::path& run);

// Makes the tables in an empty database; leaves an existing store alone.
Result<void> CreateStoreTables(Database& database);
// kInput, naming the file, when this is no run store or one of another schema.
Result<void> CheckStoreSchema(Database& database);

// Ends a time of writing: moves the write-ahead log into the file and removes it, so that the store
// is one file to copy, readable from read-only media too. While others read the store, the log
// stays beside it. No statement may be under way.
Result<void> Settle(Database& database);

// The row id of one sample: stable, so that a response, its verdicts and its failure meet in one
// number.
std::int64_t SampleRow(std::int64_t problem, std::int64_t sample);

}  // namespace assay
