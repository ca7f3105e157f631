// assay-room: the process that untrusted programs are forked from. Started by sandbox/worker.cpp
// only:
//   assay-room ROLE MODE HASH_SEED INDEX SHOWN_FOLDER [SCRATCH_FOLDER]
// with the descriptors of sandbox/wire.h. Says Hello on the control socket, then serves runs.
#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "sandbox/room/exec_guest.h"
#include "sandbox/room/python_guest.h"
#include "sandbox/room/system.h"

namespace assay::sandbox {
namespace {

[[noreturn]] void SayFailed(const std::string& why) {
  Hello hello;
  hello.failed = 1;
  std::strncpy(hello.message, why.c_str(), sizeof hello.message - 1);
  send(kControlFd, &hello, sizeof hello, MSG_NOSIGNAL);
  _exit(1);
}

RoomPlan PlanOf(int argc, char** argv) {
  if (argc < 6) SayFailed("assay-room is started by assay, not by hand");
  RoomPlan plan;
  plan.role = static_cast<Role>(std::atoi(argv[1]));
  plan.mode = static_cast<Mode>(std::atoi(argv[2]));
  plan.hash_seed = std::atoi(argv[3]);
  plan.index = std::atoi(argv[4]);
  plan.shown_folder = argv[5];
  if (argc > 6) plan.scratch_base = argv[6];
  const auto open_now = [](int fd) { return fcntl(fd, F_GETFD) >= 0; };
  plan.has_cgroup_memory = open_now(kMemoryProcsFd) && open_now(kMemoryLimitFd) &&
                           open_now(kMemoryPeakFd) && open_now(kMemoryEventsFd);
  plan.has_cgroup_pids = open_now(kPidsProcsFd) && open_now(kPidsLimitFd);
  // From here on no descriptor of ours may take a number that stands for another.
  for (int fd = open("/dev/null", O_RDWR | O_CLOEXEC); fd >= 0 && fd < kFirstFreeFd;) {
    fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  }
  return plan;
}

int Main(int argc, char** argv) {
  // Without address randomisation every run has the same layout: the same program gives the same
  // output. Takes effect at exec; where a container forbids it, runs are merely less repeatable.
  const int persona = personality(0xffffffff);
  if (persona >= 0 && (persona & ADDR_NO_RANDOMIZE) == 0 &&
      personality(static_cast<unsigned long>(persona) | ADDR_NO_RANDOMIZE) >= 0 &&
      (personality(0xffffffff) & ADDR_NO_RANDOMIZE) != 0) {
    execv("/proc/self/exe", argv);
  }
  unsetenv("LD_BIND_NOW");  // it was for this program, not for what runs in it
  signal(SIGPIPE, SIG_IGN);
  std::string preload;
  if (!ReadAll(kPreloadFd, preload)) SayFailed("the preloaded source cannot be read");
  close(kPreloadFd);
  const RoomPlan plan = PlanOf(argc, argv);
  if (const std::string trouble = EnterRoom(plan); !trouble.empty()) SayFailed(trouble);
  UniqueFd statm = OpenAbove("/proc/self/statm");
  PythonGuest python;
  if (plan.role == Role::kPython) python.OpenMaps();
  if (const std::string trouble = MakeRoot(plan); !trouble.empty()) SayFailed(trouble);
  ExecGuest exec;
  if (plan.role == Role::kPython) {
    if (const std::string trouble = python.WarmUp(plan.hash_seed, preload); !trouble.empty()) {
      SayFailed(trouble);
    }
  }
  if (plan.role == Role::kExec) signal(SIGPIPE, SIG_DFL);  // Python programs expect it ignored
  Server server(plan, plan.role == Role::kPython ? static_cast<Guest&>(python) : exec);
  if (const std::string trouble = server.Prepare(std::move(statm)); !trouble.empty())
    SayFailed(trouble);
  Hello hello;
  hello.layers = server.layers();
  send(kControlFd, &hello, sizeof hello, MSG_NOSIGNAL);
  server.Serve();
  return 0;
}

}  // namespace
}  // namespace assay::sandbox

// In sanitized builds programs must end as they do in others: out of memory is theirs to handle,
// and their signals end them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
namespace {
constexpr char kOptions[] =
    "allocator_may_return_null=1:handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:"
    "handle_abort=0";
}
extern "C" const char* __asan_default_options() { return kOptions; }
extern "C" const char* __tsan_default_options() { return kOptions; }
#endif

int main(int argc, char** argv) { return assay::sandbox::Main(argc, argv); }
