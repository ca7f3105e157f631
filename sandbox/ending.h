// sandbox/ending.h -- How one run of an untrusted program ended, and what was measured.
// The first two say what the program did, the next five what stopped it; kSandboxFailed says that
// we failed: no statement about the program, never a reward.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::sandbox {

enum class Ending {
  kExited,         // by itself; see exit_code
  kSignaled,       // by a signal that is no limit of ours (a crash, abort, …); see signal
  kCpuLimit,       // used more CPU time than allowed
  kWallLimit,      // waited too long (CPU time below its limit)
  kMemoryLimit,    // died for want of memory
  kOutputLimit,    // wrote more than allowed
  kViolation,      // killed by the system call policy
  kSandboxFailed,  // our fault or the machine's, after one more try on a fresh worker
};
// "exited", "signaled", "cpu_limit", "wall_limit", "memory_limit", "output_limit", "violation",
// "sandbox_failed".
std::string_view Name(Ending ending);

// How programs are kept in; chosen by trying, strongest first. kSeccompOnly only when asked by
// name.
enum class Mode {
  kRoot,          // all namespaces, made with root's capabilities: "root"
  kUser,          // all namespaces, made inside a user namespace by an ordinary user: "user"
  kNoNamespaces,  // containers that forbid namespaces: seccomp + Landlock: "no-namespaces"
  kSeccompOnly,   // neither namespaces nor Landlock: files of the host can be read: "seccomp-only"
};
std::string_view Name(Mode mode);

// Layers of containment; a run's report says which were on.
enum Layer : std::uint32_t {
  kRlimits = 1,        // resource limits, no_new_privs, descriptors closed, own session
  kSeccomp = 2,        // system call allow-list
  kPidNamespace = 4,   // one per run: its end kills everything that the run started
  kRoom = 8,           // user, mount, network, ipc, uts, cgroup namespaces; read-only root
  kLandlock = 16,      // file access by list; signals and abstract sockets scoped where supported
  kCgroupMemory = 32,  // memory measured and limited by a cgroup
  kCgroupPids = 64,    // processes and threads limited by a cgroup
};
// Names of the layers in `layers`, e.g. {"rlimits", "seccomp"}.
std::vector<std::string> LayerNames(std::uint32_t layers);

enum class PeakSource {
  kNone,    // not measured
  kMaxRss,  // high-water mark of resident pages, the interpreter's own included
  kCgroup,  // peak of the run's memory cgroup: pages it touched, its scratch files included
};
std::string_view Name(PeakSource source);  // "none", "maxrss", "cgroup"

struct EndingReport {
  Ending ending = Ending::kSandboxFailed;
  int exit_code = 0;  // of kExited
  int signal = 0;     // of kSignaled, kViolation
  double cpu_ms = 0;  // user + system, all threads
  double wall_ms = 0;
  std::int64_t peak_kb = 0;
  PeakSource peak_source = PeakSource::kNone;
  std::int64_t stdout_bytes = 0;  // as written, before truncation to the limit
  std::int64_t stderr_bytes = 0;
  Mode mode = Mode::kRoot;
  std::uint32_t layers = 0;  // of Layer
  std::string message;       // one sentence for people; what failed, for kSandboxFailed

  bool Succeeded() const { return ending == Ending::kExited && exit_code == 0; }
};

// {"ending": "exited", "exit_code": 0, "cpu_ms": …}: one line, for --json and reports.
std::string ToJson(const EndingReport& report);

}  // namespace assay::sandbox
