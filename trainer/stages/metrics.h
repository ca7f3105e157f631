// trainer/stages/metrics.h -- Numbers of each step, as JSON lines and as rows of a database.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/sqlite.h"

namespace assay {

// Names as TRL and verl spell them ("reward", "completions/mean_length", "timing_s/gen").
using Metrics = std::vector<std::pair<std::string, double>>;

// RUN/metrics.jsonl and RUN/metrics.db: table metrics(step, name, value). One thread at a time.
class MetricsLog {
 public:
  // Rows of steps after `last_step` are dropped: a resumed run writes them again.
  static Result<MetricsLog> Open(const std::filesystem::path& run, std::int64_t last_step);
  Result<void> Write(std::int64_t step, const Metrics& metrics);

 private:
  explicit MetricsLog(Database database) : database_(std::move(database)) {}
  Database database_;
  std::ofstream lines_;
  std::string path_;
};

}  // namespace assay
