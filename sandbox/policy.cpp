#include "sandbox/policy.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string_view>

namespace assay::sandbox {
namespace {

using Names = std::vector<std::string_view>;

// What an interpreter or a compiled program needs of its own process, time, files and pipes.
const Names kBase = {
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "close",
    "close_range", "lseek", "fstat", "stat", "lstat", "newfstatat", "statx", "statfs", "fstatfs",
    "access", "faccessat", "faccessat2", "open", "openat", "getdents64", "getcwd", "readlink",
    "readlinkat", "chdir", "fchdir", "dup", "dup2", "dup3", "pipe", "pipe2", "poll", "ppoll",
    "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "eventfd2", "timerfd_create", "timerfd_settime", "timerfd_gettime", "mmap", "munmap", "mremap",
    "mprotect", "madvise", "msync", "mincore", "brk", "futex", "get_robust_list", "set_robust_list",
    "rseq", "set_tid_address", "sched_yield", "sched_getaffinity", "getcpu", "membarrier",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend",
    "rt_sigtimedwait", "sigaltstack", "pause", "alarm", "getitimer", "setitimer", "timer_create",
    "timer_settime", "timer_gettime", "timer_delete", "timer_getoverrun", "nanosleep",
    "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getpid",
    "gettid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "geteuid", "getgid", "getegid",
    "getresuid", "getresgid", "getgroups", "getrusage", "getrlimit", "getpriority", "uname",
    "sysinfo", "getrandom", "umask", "wait4", "waitid", "exit", "exit_group", "restart_syscall",
    // Files of the scratch folder; everything else is read-only.
    "ftruncate", "truncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "fadvise64",
    "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link",
    "linkat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "utimensat", "utime", "utimes",
    "futimesat", "flock", "copy_file_range", "sendfile",
    // Socket pairs are what event loops wake themselves with.
    "recvfrom", "sendto", "shutdown", "getsockname", "getpeername", "getsockopt", "setsockopt"};

const Names kRefused = {  // EPERM
    "fork",
    "vfork",
    "execve",
    "execveat",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_open",
    "pidfd_send_signal",
    "setpgid",
    "setsid",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setgroups",
    "setfsuid",
    "setfsgid",
    "capset",
    "chroot",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "mknod",
    "mknodat",
    "memfd_create",
    "setpriority",
    "sched_setaffinity",
    "sched_setscheduler",
    "sched_setparam",
    "sched_setattr",
    "ioprio_set",
    "personality",
    "mlock",
    "mlock2",
    "mlockall",
    "sethostname",
    "setdomainname",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "inotify_init",
    "inotify_init1",
    "fanotify_init",
    "shmget",
    "msgget",
    "semget",
    "mq_open",
    "seccomp",
    "splice",
    "tee",
    "vmsplice"};

const Names kNoSockets = {"socket",  "connect", "bind",     "listen",  "accept",
                          "accept4", "sendmsg", "sendmmsg", "recvmsg", "recvmmsg"};

const Names kDeadly = {"ptrace",
                       "process_vm_readv",
                       "process_vm_writev",
                       "process_madvise",
                       "pidfd_getfd",
                       "kcmp",
                       "mount",
                       "umount2",
                       "pivot_root",
                       "fsopen",
                       "fsconfig",
                       "fsmount",
                       "fspick",
                       "move_mount",
                       "open_tree",
                       "mount_setattr",
                       "setns",
                       "unshare",
                       "bpf",
                       "perf_event_open",
                       "keyctl",
                       "add_key",
                       "request_key",
                       "userfaultfd",
                       "io_uring_setup",
                       "io_uring_enter",
                       "io_uring_register",
                       "init_module",
                       "finit_module",
                       "delete_module",
                       "kexec_load",
                       "kexec_file_load",
                       "reboot",
                       "swapon",
                       "swapoff",
                       "iopl",
                       "ioperm",
                       "modify_ldt",
                       "acct",
                       "quotactl",
                       "quotactl_fd",
                       "open_by_handle_at",
                       "name_to_handle_at",
                       "lookup_dcookie",
                       "syslog",
                       "vhangup",
                       "memfd_secret",
                       "nfsservctl",
                       "uselib",
                       "_sysctl",
                       "move_pages",
                       "migrate_pages"};

const Names kChecks = {"clone",     "ioctl",     "fcntl", "prctl",  "arch_prctl",
                       "prlimit64", "setrlimit", "kill",  "tgkill", "socketpair"};

// On top of kBase.
const Names kNodeExtra = {"eventfd",       "epoll_pwait2",   "pkey_alloc",         "pkey_free",
                          "pkey_mprotect", "sched_getparam", "sched_getscheduler", "capget"};
const Names kToolsExtra = {"fork",  "vfork",  "execve", "kill",     "tkill",
                           "chown", "fchown", "lchown", "fchownat", "setpgid"};

bool Holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsExtra(Policy policy, std::string_view name) {
  return (policy == Policy::kNode && Holds(kNodeExtra, name)) ||
         (policy == Policy::kTools && Holds(kToolsExtra, name));
}

constexpr std::uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                         CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                         CLONE_NEWNET | CLONE_NEWTIME;
constexpr std::uint64_t kLow32 = 0xffffffff;  // the kernel looks at no more of these arguments

// Argument number `argument`, under `mask`, must be `value`.
constexpr scmp_arg_cmp Equals(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

class Builder {
 public:
  explicit Builder(Policy policy)
      : policy_(policy), context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {
    ok_ = context_ != nullptr &&
          seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
          seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;
  }
  ~Builder() { seccomp_release(context_); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void AddList(const Names& names, std::uint32_t action) {
    for (const std::string_view name : names) Add(name, action, {});
  }
  void AllowWhere(std::string_view name, const std::vector<scmp_arg_cmp>& checks) {
    Add(name, SCMP_ACT_ALLOW, checks);
  }
  // Rules for `name` that no check allows: libseccomp needs them as explicit opposites, so the
  // checked calls get ENOSYS unless something kinder is added here.
  void AddChecks();

  std::vector<sock_filter> Compile() const {
    std::vector<sock_filter> filter;
    const int fd = memfd_create("assay-filter", MFD_CLOEXEC);
    if (!ok_ || fd < 0 || seccomp_export_bpf(context_, fd) != 0) {
      if (fd >= 0) close(fd);
      return filter;
    }
    const off_t bytes = lseek(fd, 0, SEEK_END);
    filter.resize(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
    if (pread(fd, filter.data(), static_cast<std::size_t>(bytes), 0) != bytes) filter.clear();
    close(fd);
    return filter;
  }

 private:
  void Add(std::string_view name, std::uint32_t action, const std::vector<scmp_arg_cmp>& checks) {
    const int number = seccomp_syscall_resolve_name(std::string(name).c_str());
    if (number < 0) return;  // newer than this libseccomp: not listed, so ENOSYS
    ok_ = ok_ && seccomp_rule_add_array(context_, action, number,
                                        static_cast<unsigned>(checks.size()), checks.data()) == 0;
  }

  Policy policy_;
  scmp_filter_ctx context_;
  bool ok_ = false;
};

void Builder::AddChecks() {
  constexpr std::uint64_t kThread = CLONE_THREAD;
  const std::uint64_t wanted = policy_ == Policy::kTools ? 0 : kThread;
  const std::uint64_t clone_mask = kNewNamespaces | wanted;
  AllowWhere("clone", {Equals(0, clone_mask, wanted)});
  for (const std::uint64_t request : {0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451}) {
    // TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
    AllowWhere("ioctl", {Equals(1, kLow32, request)});
  }
  for (const std::uint64_t command :
       {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW,
        36, 37, 38, 1032}) {  // the three of open-file-description locks; F_GETPIPE_SZ
    AllowWhere("fcntl", {Equals(1, kLow32, command)});
  }
  for (const std::uint64_t option : {3, 15, 16, 0x53564d41}) {
    // PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
    AllowWhere("prctl", {Equals(0, kLow32, option)});
  }
  for (const std::uint64_t option : {0x1002, 0x1003, 0x3001}) {
    // ARCH_SET_FS, ARCH_GET_FS, and a query of glibc's that fails harmlessly
    AllowWhere("arch_prctl", {Equals(0, kLow32, option)});
  }
  AllowWhere("prlimit64", {Equals(0, kLow32, 0)});
  AllowWhere("setrlimit", {});
  if (policy_ != Policy::kTools) {
    AllowWhere("kill", {Equals(0, kLow32, kOwnPidMark)});
  }
  AllowWhere("tgkill", {Equals(0, kLow32, kOwnPidMark)});
  AllowWhere("socketpair", {Equals(0, kLow32, 1)});
  if (policy_ == Policy::kNative || policy_ == Policy::kNode || policy_ == Policy::kTools) {
    // The one exec that starts the program: its descriptor is gone afterwards.
    AllowWhere("execveat", {Equals(0, kLow32, kProgramFd), Equals(4, kLow32, AT_EMPTY_PATH)});
  }
}

Names Without(const Names& names, Policy policy) {
  Names left;
  for (const std::string_view name : names) {
    if (!IsExtra(policy, name) && !(name == "execveat" && policy != Policy::kPython)) {
      left.push_back(name);
    }
  }
  return left;
}

}  // namespace

CallAction ActionFor(Policy policy, const std::string& name) {
  if (name == "execveat" && policy != Policy::kPython) return CallAction::kChecked;
  if (Holds(kBase, name) || IsExtra(policy, name)) return CallAction::kAllow;
  if (Holds(kChecks, name)) return CallAction::kChecked;
  if (Holds(kDeadly, name)) return CallAction::kKill;
  if (Holds(kRefused, name)) return CallAction::kNoPermission;
  if (Holds(kNoSockets, name)) return CallAction::kNoAccess;
  return CallAction::kUnknown;
}

std::vector<sock_filter> CompilePolicy(Policy policy) {
  Builder builder(policy);
  builder.AddList(kBase, SCMP_ACT_ALLOW);
  if (policy == Policy::kNode) builder.AddList(kNodeExtra, SCMP_ACT_ALLOW);
  if (policy == Policy::kTools) builder.AddList(kToolsExtra, SCMP_ACT_ALLOW);
  builder.AddList(Without(kDeadly, policy), SCMP_ACT_KILL_PROCESS);
  builder.AddList(Without(kRefused, policy), SCMP_ACT_ERRNO(EPERM));
  builder.AddList(kNoSockets, SCMP_ACT_ERRNO(EACCES));
  builder.AddChecks();
  return builder.Compile();
}

void BindToPid(std::vector<sock_filter>& filter, std::uint32_t pid) {
  for (sock_filter& instruction : filter) {
    if (BPF_CLASS(instruction.code) == BPF_JMP && instruction.k == kOwnPidMark) {
      instruction.k = pid;
    }
  }
}

}  // namespace assay::sandbox
