// sandbox/wire.h -- What this process and its rooms say to each other: fixed-size messages over a
// SOCK_SEQPACKET pair, descriptors beside them. Both ends are built together, so layout is no
// format.
#pragma once

#include <cstdint>

#include "sandbox/limits.h"

namespace assay::sandbox {

enum class Role : std::int32_t { kPython, kExec };

// Descriptors that a room process starts with. Cgroup files are absent (closed) where not
// delegated.
inline constexpr int kControlFd = 3;
inline constexpr int kLeashFd = 4;    // end of file here: the host process is gone
inline constexpr int kPreloadFd = 5;  // Python: source to run once, NUL, what waiting children run
inline constexpr int kMemoryProcsFd = 6;
inline constexpr int kMemoryLimitFd = 7;
inline constexpr int kMemoryPeakFd = 8;
inline constexpr int kMemoryEventsFd = 9;
inline constexpr int kPidsProcsFd = 10;
inline constexpr int kPidsLimitFd = 11;
inline constexpr int kFirstFreeFd = 12;

// Where a run's child finds them.
inline constexpr int kPayloadFd = 60;
inline constexpr int kProgramFd = 61;  // close-on-exec
inline constexpr int kMaxRunFds = 48;

enum class Policy : std::int32_t { kPython, kNative, kNode, kTools };

struct Hello {
  std::uint32_t layers = 0;
  std::int32_t failed = 0;
  std::int32_t candidate_uid = 0;
  char message[400] = {};  // why the room could not be set up, when `failed`
};

struct Request {
  std::uint64_t run = 0;
  Limits limits;
  Policy policy = Policy::kPython;
  std::int32_t address_space_limited = 1;
  std::int32_t wants_output = 0;  // hand back the scratch file "out"
  std::int32_t fd_count = 0;
  std::int32_t places[kMaxRunFds] = {};  // fd i of the message becomes places[i] in the child
};

struct KillOrder {
  std::uint64_t run = 0;
};

enum class KilledBy : std::int32_t { kNobody, kCpu, kWall, kHost };

struct Reply {
  std::uint64_t run = 0;
  std::int32_t started = 0;  // untrusted code ran; else `message` says which step failed
  std::int32_t wait_status = 0;
  KilledBy killed_by = KilledBy::kNobody;
  std::int32_t out_of_memory = 0;  // the cgroup's killer struck
  std::int64_t cpu_us = 0;
  std::int64_t wall_us = 0;
  std::int64_t max_rss_kb = 0;
  std::int64_t cgroup_peak_kb = -1;
  std::int32_t has_output = 0;
  std::int32_t doubtful = 0;  // replace this worker
  char message[160] = {};
};

// What a run's child reads from kPayloadFd: this header, then `argument_count` NUL-terminated
// arguments, then for each file its NUL-terminated name, its length in 8 bytes, its bytes. The
// first two files of a Python run are the script and its __data__ and have no names.
struct Payload {
  std::uint32_t argument_count = 0;
  std::uint32_t file_count = 0;
};

}  // namespace assay::sandbox
