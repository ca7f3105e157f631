// cli/progress.h -- The live line of a run: on a terminal rewritten in place, in a pipe a plain
// line now and then.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "reports/statistics.h"
#include "runner/store/store_queue.h"

namespace assay::cli {

// Thread-safe. Writes to standard error only.
class Progress {
 public:
  // `samples` is how many will have ended when the run is whole.
  Progress(std::string label, std::int64_t samples);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Count(const Counted& counted);
  // pass@1 so far: over the problems with a sample that counts.
  std::optional<Estimate> Running() const;
  std::int64_t failures() const;  // samples that say nothing about the model
  // Ends the line; also done by the destructor.
  void Finish();

 private:
  using Clock = std::chrono::steady_clock;
  void Tick(const std::stop_token& stop);
  std::string Line() const;  // needs mutex_
  void Print(const std::string& line) const;

  const std::string label_;
  const std::int64_t samples_;
  const bool terminal_;
  const Clock::time_point begin_ = Clock::now();
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::unordered_map<std::int64_t, ProblemCounts> problems_;
  std::array<std::int64_t, kSampleClasses> classes_{};
  std::int64_t done_ = 0;
  std::int64_t done_now_ = 0;  // by this process
  std::int64_t tokens_now_ = 0;
  std::jthread ticker_;
};

// "0:07", "12:34", "3:04:05".
std::string Duration(double seconds);

}  // namespace assay::cli
