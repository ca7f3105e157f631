// sandbox/limits.h -- What one run of an untrusted program may use. Units are in the names.
#pragma once

#include <cstdint>

namespace assay::sandbox {

struct Limits {
  // User plus system time of all threads; enforced to about 10 ms. The judge of correctness in
  // time.
  std::int64_t cpu_ms = 10'000;
  // A backstop for programs that wait: a busy machine must not reach it. 0: six times cpu_ms + 2 s.
  std::int64_t wall_ms = 0;
  // What the program may allocate beyond what an empty one has; 0: no limit.
  std::int64_t memory_mb = 1024;
  // Each of standard output and standard error; the run is ended when one exceeds it.
  std::int64_t output_kb = 1024;
  // Stack of the main thread.
  std::int64_t stack_mb = 64;
  // Largest file in the scratch folder.
  std::int64_t file_kb = 16 * 1024;
  // Size of the private writable folder (memory-backed, also the working directory); 0: none
  // exists.
  std::int64_t scratch_kb = 0;
  // Files and folders in it.
  std::int64_t scratch_files = 1024;
  // Threads, the first included. Exact where a user namespace or cgroup counts them; elsewhere
  // bounded by memory_mb only.
  std::int64_t threads = 64;
};

// The wall limit in force: `wall_ms`, or what 0 stands for.
constexpr std::int64_t WallMs(const Limits& limits) {
  return limits.wall_ms > 0 ? limits.wall_ms : 6 * limits.cpu_ms + 2000;
}

}  // namespace assay::sandbox
