// cli/interrupts.h -- Ctrl-C and SIGTERM as a stop request; a second one ends the program at once.
#pragma once

#include <signal.h>

#include <stop_token>
#include <thread>

namespace assay::cli {

// Make one before any other thread: it blocks the signals in this thread and those it starts. A
// closed terminal (SIGHUP) is ignored meanwhile, so that a run outlives it.
class Interrupts {
 public:
  // `note` is shown at the first signal. It must outlive this.
  explicit Interrupts(const char* note = "stopping; what is stored stays");
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  bool requested() const { return stop_.stop_requested(); }

 private:
  void Watch(const std::stop_token& end);

  const char* const note_;
  sigset_t signals_{};
  sigset_t before_{};
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace assay::cli
