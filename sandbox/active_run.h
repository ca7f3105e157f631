// sandbox/active_run.h -- One run in progress: its pipes fed and drained, its reply awaited.
#pragma once

#include <poll.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "sandbox/ending.h"
#include "sandbox/worker.h"

namespace assay::sandbox {

// What to start on a worker.
struct RunOrder {
  Request request;  // policy, limits, wants_output; places are filled in here
  std::string payload;
  std::string stdin_text;
  bool keep_stdin_open = false;                // for FeedStdin
  std::vector<std::pair<int, int>> extra_fds;  // (our descriptor, place in the child)
};

// Bytes of a stream, kept up to a cap and counted beyond it.
struct Drained {
  std::string text;
  std::int64_t bytes = 0;
};

class ActiveRun {
 public:
  // Starts `order` on `worker`, which must live and be idle. A failure shows as an ending.
  ActiveRun(Worker& worker, const RunOrder& order);

  // Handles events until every run is done; with `also` (a descriptor), until it becomes readable,
  // any run is done, or `timeout_ms` (-1: never) have passed.
  static void WaitAll(const std::vector<ActiveRun*>& runs, int also = -1, int timeout_ms = -1);

  bool done() const { return done_; }
  void Kill();
  // More standard input (keep_stdin_open).
  void FeedStdin(std::string_view bytes);

  // After done():
  bool ended_by_host() const { return ended_by_host_; }  // Kill() came before any other ending
  const EndingReport& report() const { return report_; }
  bool sandbox_failed() const { return report_.ending == Ending::kSandboxFailed; }
  std::string TakeStdout() { return std::move(stdout_.text); }
  std::string TakeStderr() { return std::move(stderr_.text); }
  UniqueFd TakeOutput() { return std::move(output_); }

 private:
  struct Feed {
    UniqueFd fd;
    std::string bytes;
    std::size_t put = 0;
    bool keep_open = false;
  };

  void AddPolls(std::vector<pollfd>& polls) const;
  void Handle(const pollfd& event);
  void Push(Feed& feed);
  void Drain(UniqueFd& fd, Drained& into);
  void TakeReply();
  void Classify(const Reply& reply);
  void Fail(const std::string& message);

  Worker& worker_;
  Limits limits_;
  Feed payload_, stdin_;
  UniqueFd stdout_fd_, stderr_fd_;
  Drained stdout_, stderr_;
  UniqueFd output_;
  EndingReport report_;
  bool output_exceeded_ = false;
  bool killed_by_us_ = false;
  bool ended_by_host_ = false;
  bool done_ = false;
};

}  // namespace assay::sandbox
