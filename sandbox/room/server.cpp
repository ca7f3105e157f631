// Theory of operation. Each run gets a pid namespace whose first process is not the program (a
// program that is pid 1 cannot be ended by its own signals) but a shadow: a clone that shares the
// server's memory, costs no page tables, makes one system call and sleeps. The server joins that
// namespace for the one fork that makes the run's child, and leaves it. Killing the shadow ends
// everything in the namespace. The next shadow and child are made after the report went out, off
// the critical path: the child confines itself, warms up and waits for its run, of which it then
// takes the descriptors, limits and system call filter.
#include "sandbox/room/server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/thread_pool.h"
#include "sandbox/policy.h"
#include "sandbox/room/system.h"
#include "sandbox/send_descriptors.h"

namespace assay::sandbox {
namespace {

// Makes the shadow, which sleeps until it is killed; its pid, or a negated errno. It shares our
// memory, so it never leaves these instructions: a library's clone, or a sanitizer's, would write
// to what we use. The stack is there for a signal alone.
pid_t MakeShadow(int* pidfd) {
  alignas(16) static char stack[4096];
  constexpr long kFlags = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_NEWPID | CLONE_PIDFD | SIGCHLD;
  long result = SYS_clone;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 2f\n"
      "1:\n\t"
      "mov %[pause], %%eax\n\t"
      "syscall\n\t"
      "jmp 1b\n"
      "2:"
      : "+a"(result)
      : "D"(kFlags), "S"(stack + sizeof stack), "d"(pidfd), [pause] "i"(SYS_pause)
      : "rcx", "r11", "memory", "cc");
  return static_cast<pid_t>(result);
}

constexpr int kIdleMs = 5;

std::int64_t ReadNumber(int fd) {
  char text[32] = {};
  return pread(fd, text, sizeof text - 1, 0) > 0 ? strtoll(text, nullptr, 10) : -1;
}

bool WriteNumber(int fd, std::int64_t number) {
  const std::string text = std::to_string(number);
  return pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

std::int64_t Microseconds(const timeval& time) {
  return time.tv_sec * std::int64_t{1'000'000} + time.tv_usec;
}

}  // namespace

Server::Server(const RoomPlan& plan, Guest& guest)
    : plan_(plan),
      guest_(guest),
      has_namespaces_(plan.mode == Mode::kRoot || plan.mode == Mode::kUser),
      candidate_uid_(CandidateUid(plan)),
      cpus_(static_cast<int>(UsableThreads())) {}

std::string Server::Prepare(UniqueFd statm) {
  layers_ = kRlimits | kSeccomp;
  void* page =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return "no shared page";
  progress_ = static_cast<Progress*>(page);
  for (const Policy policy : {Policy::kPython, Policy::kNative, Policy::kNode, Policy::kTools}) {
    if ((policy == Policy::kPython) != (plan_.role == Role::kPython)) continue;
    filters_[static_cast<std::size_t>(policy)] = CompilePolicy(policy);
    if (filters_[static_cast<std::size_t>(policy)].empty()) return "libseccomp refuses the policy";
  }
  const std::string writable = has_namespaces_ ? kScratchParent : plan_.scratch_base;
  landlock_fd_ = MakeLandlock(ReadablePaths(plan_), writable).ruleset_fd;
  if (landlock_fd_ >= 0) layers_ |= kLandlock;
  if (plan_.mode == Mode::kNoNamespaces && landlock_fd_ < 0) {
    return "Landlock does not work here, and without namespaces nothing else guards the files";
  }
  self_pidfd_ = PidfdOpen(getpid());
  if (has_namespaces_) {
    layers_ |= kRoom | kPidNamespace;
  }
  has_cgroup_memory_ = plan_.has_cgroup_memory;
  has_cgroup_pids_ = plan_.has_cgroup_pids;
  if (has_cgroup_memory_) layers_ |= kCgroupMemory;
  if (has_cgroup_pids_) layers_ |= kCgroupPids;
  oom_kills_ = OomKills();
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; ++capability) {
  }  // what runs could regain by exec; our own stay
  char sizes[64] = {};
  if (pread(statm.get(), sizes, sizeof sizes - 1, 0) <= 0) return "reading /proc/self/statm";
  base_kb_ = strtoll(sizes, nullptr, 10) * (sysconf(_SC_PAGESIZE) / 1024);
  statm.Reset();
  guest_.Settle();
  if (!NewChild(false)) return std::string("the first child: ") + std::strerror(errno);
  return "";
}

bool Server::NewNamespace() {
  next_.init = MakeShadow(&next_.pidfd);
  if (next_.init < 0) errno = -next_.init;
  return next_.init > 0;
}

void Server::KillNamespace() const {
  if (next_.init > 0) kill(next_.init, SIGKILL);
}

void Server::EndNamespace() {
  if (next_.init < 0) return;
  EndChild(next_.init);
  close(next_.pidfd);
  next_ = {};
}

void Server::Serve() {
  Request request;
  while (Receive(kControlFd, request)) RunOne(request);
}

bool Server::Receive(int socket, Request& request) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxRunFds)];
  while (true) {
    iovec piece{&request, sizeof request};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    if (got == sizeof(KillOrder)) continue;  // came too late: that run is over
    received_.clear();
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
      const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      received_.resize(count);
      std::memcpy(received_.data(), CMSG_DATA(header), count * sizeof(int));
    }
    return got == sizeof request && static_cast<int>(received_.size()) == request.fd_count;
  }
}

// Hands the run to the child.
bool Server::Forward(const Request& request) {
  return SendWithDescriptors(child_.channel, request, received_.data(), received_.size());
}

void Server::RunOne(const Request& request) {
  Reply reply;
  reply.run = request.run;
  PrepareCgroup(request.limits);
  const bool scratch = request.limits.scratch_kb > 0;
  const std::int64_t begin_us = NowUs();
  const bool ready = (!scratch && ChildLives()) || ReplaceChild(request.limits);
  const std::int64_t cpu_before_us = ready ? std::max<std::int64_t>(0, CpuUs(child_.pid)) : 0;
  if (ready) Forward(request);  // a child that is gone shows as one that never began
  for (const int fd : received_) close(fd);
  received_.clear();
  int output = -1;
  if (ready) {
    Watch(request, cpu_before_us, reply);
    Finish(request, begin_us, cpu_before_us, reply);
    if (request.wants_output != 0 && reply.started != 0) output = OpenOutput(request.limits);
  } else {
    std::strncpy(reply.message, "making the run's process or scratch folder failed",
                 sizeof reply.message - 1);
  }
  reply.has_output = output >= 0 ? 1 : 0;
  reply.doubtful = ready ? 0 : 1;
  if (!has_namespaces_) {
    EndAllChildren();
  } else if (request.policy == Policy::kTools) {
    EndNamespace();  // compilers have children, and the reply says that all are gone
  } else {
    KillNamespace();
  }
  Send(reply, output);
  if (output >= 0) close(output);
  EndNamespace();
  if (scratch) RemoveScratch();
  if (!NewChild(false)) _exit(1);  // the host sees the end and starts another room
}

bool Server::ChildLives() const {
  pollfd ended{child_.pidfd, POLLIN, 0};
  return child_.pid > 0 && poll(&ended, 1, 0) == 0;
}

bool Server::ReplaceChild(const Limits& limits) {
  if (child_.pid > 0) {
    EndChild(child_.pid);
    ForgetChild();
  }
  EndNamespace();
  const bool scratch = limits.scratch_kb > 0;
  return (!scratch || MakeScratch(limits)) && NewChild(scratch);
}

void Server::ForgetChild() {
  close(child_.pidfd);
  close(child_.channel);
  child_ = {};
}

bool Server::NewChild(bool scratch) {
  *progress_ = Progress{};
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  if (has_namespaces_ && (!NewNamespace() || setns(next_.pidfd, CLONE_NEWPID) != 0)) return false;
  child_.pid = _Fork();  // no handlers: the interpreter's would cost more than the run
  if (child_.pid == 0) {
    close(ends[0]);
    child_.channel = ends[1];
    BecomeGuest(scratch);
  }
  close(ends[1]);
  child_.channel = ends[0];
  if (has_namespaces_ && setns(self_pidfd_, CLONE_NEWPID) != 0) _exit(1);
  if (child_.pid > 0) child_.pidfd = PidfdOpen(child_.pid);
  return child_.pid > 0 && child_.pidfd >= 0;
}

void Server::BecomeGuest(bool scratch) {
  ConfineEarly(scratch);
  guest_.Warm();
  // Where runs follow each other a rehearsal would cost them more than it saves.
  pollfd order{child_.channel, POLLIN, 0};
  if (poll(&order, 1, kIdleMs) == 0) guest_.Rehearse();
  Request request;
  if (!Receive(child_.channel, request)) _exit(0);
  ConfineFor(request);
  guest_.Run(progress_);
  _exit(1);  // for the compiler, which does not see that Run never returns
}

// Sleeps until the child ends, a limit could have been reached, or the host speaks. All threads of
// the child together gain at most `cpus_` times the time that passes, so no timer is needed to be
// punctual.
void Server::Watch(const Request& request, std::int64_t cpu_before_us, Reply& reply) {
  const std::int64_t cpu_limit_us = request.limits.cpu_ms * 1000 + cpu_before_us;
  const std::int64_t deadline_us = NowUs() + WallMs(request.limits) * 1000;
  while (true) {
    const std::int64_t cpu_left_us = cpu_limit_us - std::max<std::int64_t>(0, CpuUs(child_.pid));
    const std::int64_t wall_left_us = deadline_us - NowUs();
    if (cpu_left_us <= 0 || wall_left_us <= 0) {
      reply.killed_by = cpu_left_us <= 0 ? KilledBy::kCpu : KilledBy::kWall;
      kill(child_.pid, SIGKILL);
      return;
    }
    const std::int64_t pause_us =
        std::min(wall_left_us, std::max<std::int64_t>(cpu_left_us / cpus_, 2000));
    const timespec pause{pause_us / 1'000'000, pause_us % 1'000'000 * 1000};
    pollfd watched[2] = {{child_.pidfd, POLLIN, 0}, {kControlFd, POLLIN, 0}};
    if (ppoll(watched, 2, &pause, nullptr) < 0) continue;
    if (watched[0].revents != 0) return;
    if (watched[1].revents != 0 && HostWantsEnd(request.run)) {
      reply.killed_by = KilledBy::kHost;
      kill(child_.pid, SIGKILL);
      return;
    }
  }
}

bool Server::HostWantsEnd(std::uint64_t run) {
  KillOrder order;
  const ssize_t got = recv(kControlFd, &order, sizeof order, 0);
  if (got == 0) _exit(0);  // the host is gone: everything here ends with us
  return got == sizeof order && order.run == run;
}

void Server::Finish(const Request& request, std::int64_t begin_us, std::int64_t cpu_before_us,
                    Reply& reply) {
  rusage used{};
  while (wait4(child_.pid, &reply.wait_status, 0, &used) < 0 && errno == EINTR) {
  }
  reply.wall_us = NowUs() - begin_us;
  ForgetChild();
  reply.cpu_us = std::max<std::int64_t>(
      0, Microseconds(used.ru_utime) + Microseconds(used.ru_stime) - cpu_before_us);
  reply.max_rss_kb = used.ru_maxrss;
  reply.started = progress_->started;
  if (reply.started == 0) {
    std::snprintf(reply.message, sizeof reply.message, "%s: %s",
                  progress_->step[0] != 0 ? progress_->step : "ended before the program began",
                  std::strerror(progress_->error));
  }
  if (reply.killed_by == KilledBy::kNobody && WIFSIGNALED(reply.wait_status) &&
      WTERMSIG(reply.wait_status) == SIGKILL && reply.cpu_us >= request.limits.cpu_ms * 1000) {
    reply.killed_by = KilledBy::kCpu;  // RLIMIT_CPU was faster
  }
  if (has_cgroup_memory_) {
    reply.cgroup_peak_kb = ReadNumber(kMemoryPeakFd) / 1024;
    if (WIFSIGNALED(reply.wait_status)) {
      const std::int64_t kills = OomKills();
      reply.out_of_memory = kills > oom_kills_ ? 1 : 0;
      oom_kills_ = kills;
    }
  }
}

void Server::Send(const Reply& reply, int output_fd) {
  const std::size_t outputs = output_fd >= 0 ? 1 : 0;
  if (!SendWithDescriptors(kControlFd, reply, &output_fd, outputs)) _exit(0);
}

// A pooled group keeps its last peak and limit: reset the one, change the other only where it
// differs.
void Server::PrepareCgroup(const Limits& limits) {
  if (has_cgroup_memory_) {
    if (limits.memory_mb != last_memory_mb_) {
      const std::int64_t slack_kb = 4096;
      const std::int64_t bytes =
          limits.memory_mb > 0 ? (limits.memory_mb * 1024 + limits.scratch_kb + slack_kb) * 1024
                               : std::int64_t{1} << 62;
      WriteNumber(kMemoryLimitFd, bytes);
      last_memory_mb_ = limits.memory_mb;
    }
    WriteNumber(kMemoryPeakFd, 0);
  }
  if (has_cgroup_pids_ && limits.threads != last_threads_) {
    WriteNumber(kPidsLimitFd, limits.threads);
    last_threads_ = limits.threads;
  }
}

std::int64_t Server::OomKills() const {
  if (!has_cgroup_memory_) return 0;
  char text[512] = {};
  if (pread(kMemoryEventsFd, text, sizeof text - 1, 0) <= 0) return 0;
  const char* found = std::strstr(text, "oom_kill ");
  return found != nullptr ? strtoll(found + 9, nullptr, 10) : 0;
}

}  // namespace assay::sandbox
