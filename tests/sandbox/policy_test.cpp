// The system call filter against the declared policy: each number of each ABI, interpreted.
#include "sandbox/policy.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "tests/support/catch.h"

namespace assay::sandbox {
namespace {

// Classic BPF, as far as libseccomp uses it.
std::uint32_t Interpret(const std::vector<sock_filter>& filter, const seccomp_data& data) {
  std::uint32_t a = 0, x = 0;
  for (std::size_t pc = 0; pc < filter.size(); ++pc) {
    const sock_filter& i = filter[pc];
    switch (i.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&a, reinterpret_cast<const char*>(&data) + i.k, sizeof a);
        break;
      case BPF_JMP | BPF_JA:
        pc += i.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        pc += a == i.k ? i.jt : i.jf;
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        pc += a > i.k ? i.jt : i.jf;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        pc += a >= i.k ? i.jt : i.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        pc += (a & i.k) != 0 ? i.jt : i.jf;
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= i.k;
        break;
      case BPF_MISC | BPF_TAX:
        x = a;
        break;
      case BPF_MISC | BPF_TXA:
        a = x;
        break;
      case BPF_RET | BPF_K:
        return i.k;
      default:
        FAIL("an instruction this test does not know: " << i.code);
    }
  }
  FAIL("the filter runs off its end");
  return 0;
}

std::uint32_t Decide(const std::vector<sock_filter>& filter, std::uint32_t arch, int number,
                     std::vector<std::uint64_t> arguments = {}) {
  seccomp_data data{};
  data.arch = arch;
  data.nr = number;
  for (std::size_t i = 0; i < arguments.size(); ++i) data.args[i] = arguments[i];
  return Interpret(filter, data);
}

constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO;

std::uint32_t Expected(CallAction action) {
  switch (action) {
    case CallAction::kAllow:
      return SECCOMP_RET_ALLOW;
    case CallAction::kNoPermission:
      return kErrno | EPERM;
    case CallAction::kNoAccess:
      return kErrno | EACCES;
    case CallAction::kKill:
      return SECCOMP_RET_KILL_PROCESS;
    default:
      return kErrno | ENOSYS;
  }
}

TEST_CASE("each x86-64 number is decided as declared", "[sandbox][policy]") {
  for (const Policy policy : {Policy::kPython, Policy::kNative, Policy::kNode, Policy::kTools}) {
    const std::vector<sock_filter> filter = CompilePolicy(policy);
    REQUIRE(!filter.empty());
    for (int number = 0; number < 700; ++number) {
      char* const name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
      const CallAction action = name != nullptr ? ActionFor(policy, name) : CallAction::kUnknown;
      INFO(number << " " << (name != nullptr ? name : "?"));
      free(name);
      if (action == CallAction::kChecked) continue;
      CHECK(Decide(filter, AUDIT_ARCH_X86_64, number) == Expected(action));
    }
  }
}

TEST_CASE("other ABIs are killed, whatever the number", "[sandbox][policy]") {
  const std::vector<sock_filter> filter = CompilePolicy(Policy::kPython);
  for (int number = 0; number < 700; ++number) {
    CHECK(Decide(filter, AUDIT_ARCH_I386, number) == SECCOMP_RET_KILL_PROCESS);
    CHECK(Decide(filter, AUDIT_ARCH_AARCH64, number) == SECCOMP_RET_KILL_PROCESS);
    CHECK(Decide(filter, AUDIT_ARCH_X86_64, 0x40000000 | number) == SECCOMP_RET_KILL_PROCESS);
  }
}

TEST_CASE("arguments are checked where they matter", "[sandbox][policy]") {
  std::vector<sock_filter> filter = CompilePolicy(Policy::kPython);
  BindToPid(filter, 2);
  const auto allowed = [&](int number, std::vector<std::uint64_t> arguments) {
    return Decide(filter, AUDIT_ARCH_X86_64, number, std::move(arguments)) == SECCOMP_RET_ALLOW;
  };
  const std::uint64_t high = std::uint64_t{1} << 32;
  CHECK(allowed(SCMP_SYS(kill), {2, 9}));
  CHECK(!allowed(SCMP_SYS(kill), {1, 9}));
  CHECK(!allowed(SCMP_SYS(kill), {0, 9}));
  CHECK(!allowed(SCMP_SYS(kill), {0xffffffff, 9}));
  CHECK(!allowed(SCMP_SYS(tgkill), {3, 3, 9}));
  CHECK(allowed(SCMP_SYS(clone), {0x3d0f00}));  // a thread as glibc makes it
  CHECK(!allowed(SCMP_SYS(clone), {17}));
  CHECK(!allowed(SCMP_SYS(clone), {0x3d0f00 | 0x10000000}));
  CHECK(!allowed(SCMP_SYS(ioctl), {0, 0x5412}));
  CHECK(!allowed(SCMP_SYS(ioctl), {0, high | 0x5412}));
  CHECK(allowed(SCMP_SYS(ioctl), {0, 0x5401}));
  CHECK(!allowed(SCMP_SYS(prctl), {1, 9}));
  CHECK(!allowed(SCMP_SYS(prlimit64), {1, 0}));
  CHECK(!allowed(SCMP_SYS(socketpair), {2, 1}));
  CHECK(!allowed(SCMP_SYS(execveat), {61, 0, 0, 0, 0x1000}));
}

}  // namespace
}  // namespace assay::sandbox
