#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "base/utf8.h"

namespace assay::cli {
namespace {

constexpr std::chrono::milliseconds kOnTerminal{200};
constexpr std::chrono::seconds kInPipe{10};

std::size_t TerminalWidth() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 100;
  return size.ws_col;
}

}  // namespace

std::string Duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

Progress::Progress(std::string label, std::int64_t samples)
    : label_(std::move(label)),
      samples_(samples),
      terminal_(::isatty(STDERR_FILENO) == 1),
      ticker_([this](const std::stop_token& stop) { Tick(stop); }) {}

Progress::~Progress() { Finish(); }

void Progress::Finish() {
  if (!ticker_.joinable()) return;
  ticker_.request_stop();
  ticker_.join();
  const std::lock_guard lock(mutex_);
  Print(Line());
  if (terminal_) std::fputs("\n", stderr);
}

void Progress::Count(const Counted& counted) {
  const std::lock_guard lock(mutex_);
  ++done_;
  ++classes_[static_cast<std::size_t>(counted.outcome_class)];
  if (!counted.stored_before) {
    ++done_now_;
    tokens_now_ += counted.response_tokens;
  }
  if (SaysNothing(counted.outcome_class)) return;
  ProblemCounts& counts = problems_[counted.problem];
  ++counts.drawn;
  counts.correct += counted.outcome_class == SampleClass::kCorrect ? 1 : 0;
}

std::optional<Estimate> Progress::Running() const {
  std::vector<ProblemCounts> counts;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [problem, one] : problems_) counts.push_back(one);
  }
  return EstimatePassAtK(counts, 1);
}

std::int64_t Progress::failures() const {
  const std::lock_guard lock(mutex_);
  return classes_[static_cast<std::size_t>(SampleClass::kError)] +
         classes_[static_cast<std::size_t>(SampleClass::kFailed)];
}

void Progress::Tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto pause = terminal_ ? std::chrono::milliseconds(kOnTerminal) : kInPipe;
    wake_.wait_for(lock, stop, pause, [] { return false; });
    if (!stop.stop_requested()) Print(Line());
  }
}

std::string Progress::Line() const {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_now_) / seconds : 0;
  std::string line = fmt::format("{}  {}/{}  {:.1f}/s", label_, done_, samples_, rate);
  if (tokens_now_ > 0) {
    line += fmt::format("  {:.0f} tok/s", static_cast<double>(tokens_now_) / seconds);
  }
  if (done_ < samples_ && rate > 0) {
    line += "  ETA " + Duration(static_cast<double>(samples_ - done_) / rate);
  }
  std::vector<ProblemCounts> counts;
  for (const auto& [problem, one] : problems_) counts.push_back(one);
  if (const auto estimate = EstimatePassAtK(counts, 1)) {
    line += fmt::format("  pass@1 {:.1f} ±{:.1f} %", 100 * estimate->value,
                        50 * (estimate->high - estimate->low));
  }
  for (std::size_t i = 2; i < kSampleClasses; ++i) {
    if (classes_[i] > 0) {
      line += fmt::format("  {} {}", ToString(static_cast<SampleClass>(i)), classes_[i]);
    }
  }
  return line;
}

void Progress::Print(const std::string& line) const {
  if (terminal_) {
    fmt::print(stderr, "\r\033[K{}", Abbreviate(line, TerminalWidth() - 4));
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

}  // namespace assay::cli
