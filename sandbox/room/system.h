// sandbox/room/system.h -- Kernel calls that the C library has no wrapper for, and small helpers of
// the room program. It is single-threaded and runs before and around untrusted code: no allocation
// after a fork, no exceptions.
#pragma once

#include <sched.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace assay::sandbox {

int PidfdOpen(pid_t pid);
int CloseRange(unsigned first, unsigned last);
// Reads to the end of file; false on an error.
bool ReadAll(int fd, std::string& bytes);
bool WriteAll(int fd, const void* bytes, std::size_t size);
bool WriteFileText(const char* path, const std::string& text);
std::int64_t NowUs();
// CPU time of process `pid` with all its threads; -1 when it is gone.
std::int64_t CpuUs(pid_t pid);

// Opens a file for reading under a number that stands for nothing else; invalid where it cannot.
UniqueFd OpenAbove(const char* path);

// Kills and reaps a child.
void EndChild(pid_t pid);
// Kills and reaps every child, and theirs that come to us when they lose their parent.
void EndAllChildren();

// Removes folder `name` of `base` and all below it, without following any link that a program left
// there and without recursion (folders are moved up into `base` one by one).
void RemoveTree(int base, const std::string& name);

struct LandlockResult {
  int ruleset_fd = -1;  // -1: this kernel has no Landlock
  int abi = 0;
};
// A ruleset that lets programs read and run what `readable` names (missing paths are skipped), and
// do anything to files below `writable` (empty: nowhere).
LandlockResult MakeLandlock(const std::vector<std::string>& readable, const std::string& writable);
bool EnterLandlock(int ruleset_fd);

}  // namespace assay::sandbox
