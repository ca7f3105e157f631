// trainer/stages/metrics.h -- Numbers and sampled responses of each step, as JSON lines, as rows of
// a database and as events for TensorBoard.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/sqlite.h"

namespace assay {

// Names as TRL and verl spell them ("reward", "completions/mean_length", "timing_s/gen").
using Metrics = std::vector<std::pair<std::string, double>>;

class EventFile;

// One response of a step, with what it earned.
struct LoggedSample {
  std::string problem, prompt, reference, response, outcome, reason;
  std::string components;  // JSON object: reward by component, null where unscored
  std::optional<double> reward;
  double advantage = 0;
  std::int64_t tokens = 0;
  bool truncated = false;
};

// RUN/metrics.jsonl and RUN/metrics.db, the tables
//   metrics(step, name, value)
//   samples(step, slot, problem, prompt, reference, response, outcome, reason, components, reward,
//           advantage, tokens, truncated)
//   notes(step, text)     what the run warned of
// and RUN/tensorboard/, the numbers alone.
// One thread at a time.
class MetricsLog {
 public:
  MetricsLog(MetricsLog&&) noexcept;
  ~MetricsLog();
  // Rows of steps after `last_step` are dropped: a resumed run writes them again.
  static Result<MetricsLog> Open(const std::filesystem::path& run, std::int64_t last_step);
  Result<void> Write(std::int64_t step, const Metrics& metrics,
                     const std::vector<LoggedSample>& samples = {},
                     const std::vector<std::string>& notes = {});

 private:
  explicit MetricsLog(Database database);
  Result<void> WriteRows(std::int64_t step, const Metrics& metrics);
  Result<void> WriteSamples(std::int64_t step, const std::vector<LoggedSample>& samples);

  Database database_;
  std::ofstream lines_;
  std::unique_ptr<EventFile> events_;
  std::string path_;
};

}  // namespace assay
