// sandbox/policy.h -- Which system calls a sandboxed program may make, as data and as a filter.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/wire.h"

namespace assay::sandbox {

enum class CallAction {
  kAllow,
  kNoPermission,  // fails with EPERM: programs try it in good faith
  kNoAccess,      // fails with EACCES: sockets
  kUnknown,       // fails with ENOSYS: everything not listed
  kKill,          // ends the process with SIGSYS: no honest program makes it
  kChecked,       // depends on arguments: see the checks in policy.cpp
};

// What `policy` says about the x86-64 system call `name`.
CallAction ActionFor(Policy policy, const std::string& name);

// The filter for `policy`, to be loaded with seccomp(2). kOwnPidMark stands for the program's own
// pid (see BindToPid). Other ABIs (i386, x32) are killed. Empty when libseccomp refuses, which is a
// bug.
std::vector<sock_filter> CompilePolicy(Policy policy);

inline constexpr std::uint32_t kOwnPidMark = 0x3a5a1d00;
// Replaces kOwnPidMark by `pid`: signals go nowhere else.
void BindToPid(std::vector<sock_filter>& filter, std::uint32_t pid);

}  // namespace assay::sandbox
