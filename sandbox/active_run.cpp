#include "sandbox/active_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace assay::sandbox {
namespace {

struct Pipe {
  UniqueFd read, write;
};

// Our end does not block; the child's does.
bool MakePipe(Pipe& made, bool we_write) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  made.read.Reset(ends[0]);
  made.write.Reset(ends[1]);
  return fcntl(we_write ? ends[1] : ends[0], F_SETFL, O_NONBLOCK) == 0;
}

// A program that closes its input must not raise SIGPIPE in the caller's thread, whatever the
// process does about that signal.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    const int kept = errno;
    if (raised) {
      const timespec now{};
      sigtimedwait(&pipe_, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = kept;
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  bool raised = false;

 private:
  sigset_t pipe_{}, before_{};
};

}  // namespace

ActiveRun::ActiveRun(Worker& worker, const RunOrder& order)
    : worker_(worker), limits_(order.request.limits) {
  report_.mode = worker.spec().mode;
  report_.layers = worker.layers();
  Pipe payload, input, output, errors;
  if (!MakePipe(payload, true) || !MakePipe(input, true) || !MakePipe(output, false) ||
      !MakePipe(errors, false)) {
    Fail(std::string("pipes: ") + std::strerror(errno));
    return;
  }
  payload_.fd = std::move(payload.write);
  payload_.bytes = order.payload;
  stdin_.fd = std::move(input.write);
  stdin_.bytes = order.stdin_text;
  stdin_.keep_open = order.keep_stdin_open;
  stdout_fd_ = std::move(output.read);
  stderr_fd_ = std::move(errors.read);
  Push(payload_);  // what fits is there before the child asks
  Push(stdin_);
  Request request = order.request;
  std::vector<int> fds = {payload.read.get(), input.read.get(), output.write.get(),
                          errors.write.get()};
  request.places[0] = kPayloadFd;
  request.places[1] = 0;
  request.places[2] = 1;
  request.places[3] = 2;
  for (const auto& [fd, place] : order.extra_fds) {
    request.places[fds.size()] = place;
    fds.push_back(fd);
  }
  if (!worker_.Send(request, fds)) Fail("the room does not take requests any more");
}

void ActiveRun::Fail(const std::string& message) {
  report_.ending = Ending::kSandboxFailed;
  report_.message = message;
  worker_.doubtful = true;
  done_ = true;
}

void ActiveRun::WaitAll(const std::vector<ActiveRun*>& runs, int also, int timeout_ms) {
  std::vector<pollfd> polls;
  while (true) {
    polls.clear();
    std::vector<std::pair<ActiveRun*, std::size_t>> ends;  // run, one past its last poll
    for (ActiveRun* run : runs) {
      if (run->done_) continue;
      run->AddPolls(polls);
      ends.emplace_back(run, polls.size());
    }
    if (ends.empty()) return;
    if (also >= 0) polls.push_back({also, POLLIN, 0});
    const int ready = poll(polls.data(), polls.size(), timeout_ms);
    if (ready < 0) continue;
    if (ready == 0) return;
    std::size_t next = 0;
    for (const auto& [run, end] : ends) {
      for (; next < end; ++next) {
        if (polls[next].revents != 0 && !run->done_) run->Handle(polls[next]);
      }
    }
    if (also >= 0 && polls.back().revents != 0) return;
    if (also >= 0 && std::any_of(runs.begin(), runs.end(), [](auto* r) { return r->done_; }))
      return;
  }
}

// The reply comes last, so that output is drained before it whenever both are there.
void ActiveRun::AddPolls(std::vector<pollfd>& polls) const {
  for (const Feed* feed : {&payload_, &stdin_}) {
    if (feed->fd.valid() && feed->put < feed->bytes.size()) {
      polls.push_back({feed->fd.get(), POLLOUT, 0});
    }
  }
  for (const UniqueFd* fd : {&stdout_fd_, &stderr_fd_}) {
    if (fd->valid()) polls.push_back({fd->get(), POLLIN, 0});
  }
  polls.push_back({worker_.control_fd(), POLLIN, 0});
}

void ActiveRun::Handle(const pollfd& event) {
  if (event.fd == worker_.control_fd()) {
    TakeReply();
  } else if (event.fd == payload_.fd.get()) {
    Push(payload_);
  } else if (event.fd == stdin_.fd.get()) {
    Push(stdin_);
  } else if (event.fd == stdout_fd_.get()) {
    Drain(stdout_fd_, stdout_);
  } else {
    Drain(stderr_fd_, stderr_);
  }
}

void ActiveRun::Push(Feed& feed) {
  WithoutSigpipe guard;
  while (feed.put < feed.bytes.size()) {
    const ssize_t wrote =
        write(feed.fd.get(), feed.bytes.data() + feed.put, feed.bytes.size() - feed.put);
    if (wrote < 0 && errno == EAGAIN) return;
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {  // the program closed its end: its business
      guard.raised = errno == EPIPE;
      break;
    }
    feed.put += static_cast<std::size_t>(wrote);
  }
  if (feed.keep_open && feed.put == feed.bytes.size()) return;
  feed.fd.Reset();
}

void ActiveRun::FeedStdin(std::string_view bytes) {
  stdin_.bytes.erase(0, stdin_.put);
  stdin_.put = 0;
  stdin_.bytes += bytes;
  if (stdin_.fd.valid()) Push(stdin_);
}

void ActiveRun::Drain(UniqueFd& fd, Drained& into) {
  const std::size_t cap = static_cast<std::size_t>(limits_.output_kb) * 1024;
  char piece[65536];
  while (true) {
    const ssize_t got = read(fd.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      fd.Reset();
      return;
    }
    into.bytes += got;
    const std::size_t room = cap - std::min(cap, into.text.size());
    into.text.append(piece, std::min(room, static_cast<std::size_t>(got)));
    if (into.bytes > static_cast<std::int64_t>(cap) && !output_exceeded_) {
      output_exceeded_ = true;
      worker_.SendKill();
    }
    if (output_exceeded_ && done_) return;
  }
}

void ActiveRun::Kill() {
  if (done_) return;
  killed_by_us_ = true;
  worker_.SendKill();
}

void ActiveRun::TakeReply() {
  Reply reply;
  if (!worker_.Receive(reply, output_)) {
    Fail("the room ended during the run");
    return;
  }
  done_ = true;  // everything of the run is dead: what the pipes hold now is all there is
  if (stdout_fd_.valid()) Drain(stdout_fd_, stdout_);
  if (stderr_fd_.valid()) Drain(stderr_fd_, stderr_);
  Classify(reply);
}

void ActiveRun::Classify(const Reply& reply) {
  report_.cpu_ms = static_cast<double>(reply.cpu_us) / 1000;
  report_.wall_ms = static_cast<double>(reply.wall_us) / 1000;
  report_.peak_kb = reply.cgroup_peak_kb >= 0 ? reply.cgroup_peak_kb : reply.max_rss_kb;
  report_.peak_source = reply.cgroup_peak_kb >= 0 ? PeakSource::kCgroup : PeakSource::kMaxRss;
  report_.stdout_bytes = stdout_.bytes;
  report_.stderr_bytes = stderr_.bytes;
  if (reply.doubtful != 0) worker_.doubtful = true;
  // A kill that met a program already on its way out changed nothing.
  ended_by_host_ = killed_by_us_ && reply.killed_by == KilledBy::kHost &&
                   WIFSIGNALED(reply.wait_status) && WTERMSIG(reply.wait_status) == SIGKILL;
  if (reply.started == 0) {
    // A limit may strike before the program begins (a memory limit below what the interpreter
    // needs).
    if (ended_by_host_) {
      report_.ending = Ending::kExited;
    } else {
      Fail(reply.message);
    }
    return;
  }
  const int status = reply.wait_status;
  if (output_exceeded_) {
    report_.ending = Ending::kOutputLimit;
    report_.message = "wrote more than " + std::to_string(limits_.output_kb) + " KB";
  } else if (reply.killed_by == KilledBy::kCpu) {
    report_.ending = Ending::kCpuLimit;
    report_.message = "used more than " + std::to_string(limits_.cpu_ms) + " ms of CPU time";
  } else if (reply.killed_by == KilledBy::kWall) {
    report_.ending = Ending::kWallLimit;
    report_.message = "took longer than " + std::to_string(WallMs(limits_)) + " ms";
  } else if (reply.out_of_memory != 0) {
    report_.ending = Ending::kMemoryLimit;
    report_.message = "needed more than " + std::to_string(limits_.memory_mb) + " MB";
  } else if (ended_by_host_) {
    report_.ending = Ending::kExited;
  } else if (WIFEXITED(status)) {
    report_.ending = Ending::kExited;
    report_.exit_code = WEXITSTATUS(status);
  } else if (WTERMSIG(status) == SIGSYS) {
    report_.ending = Ending::kViolation;
    report_.signal = SIGSYS;
    report_.message = "made a forbidden system call";
  } else {
    report_.ending = Ending::kSignaled;
    report_.signal = WTERMSIG(status);
    report_.message = std::string("ended by signal ") + sigabbrev_np(report_.signal);
  }
}

}  // namespace assay::sandbox
