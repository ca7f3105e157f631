// The child's side of a run: from a fork of the server to a confined process. Every step that fails
// ends the run with its name; nothing goes on with a layer missing.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sandbox/policy.h"
#include "sandbox/room/server.h"
#include "sandbox/room/system.h"

namespace assay::sandbox {
namespace {

constexpr int kStagingFd = 100;  // above every place, below the limit on descriptors of the server

bool Limit(int resource, std::int64_t amount) {
  const rlimit both{static_cast<rlim_t>(amount), static_cast<rlim_t>(amount)};
  return setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

}  // namespace

void Server::GiveUp(const char* step) {
  progress_->error = errno;
  std::strncpy(progress_->step, step, sizeof progress_->step - 1);
  _exit(126);
}

void Server::ConfineEarly(bool scratch) {
  // "0" is the writing process.
  if (has_cgroup_memory_ && write(kMemoryProcsFd, "0", 1) != 1) GiveUp("joining the memory cgroup");
  if (has_cgroup_pids_ && write(kPidsProcsFd, "0", 1) != 1) GiveUp("joining the pids cgroup");
  if (scratch && !EnterScratch()) GiveUp("scratch folder");
  if (landlock_fd_ >= 0) {
    // Entering needs no_new_privs or a capability that goes away.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !EnterLandlock(landlock_fd_)) {
      GiveUp("Landlock");
    }
  }
  if (setsid() < 0) GiveUp("own session");
  if (!DropPrivileges()) GiveUp("dropping privileges");
}

void Server::ConfineFor(const Request& request) {
  if (!PlaceDescriptors(request)) GiveUp("descriptors");
  if (!SetLimits(request)) GiveUp("resource limits");
  if (!guest_.Load()) GiveUp("taking in the program");
  if (!LoadFilter(request.policy)) GiveUp("system call filter");
}

bool Server::PlaceDescriptors(const Request& request) {
  int staged[kMaxRunFds] = {};
  for (int i = 0; i < request.fd_count; ++i) {
    staged[i] = fcntl(received_[static_cast<std::size_t>(i)], F_DUPFD_CLOEXEC, kStagingFd);
    if (staged[i] < 0) return false;
  }
  int places[kMaxRunFds] = {};
  for (int i = 0; i < request.fd_count; ++i) {
    const int place = places[i] = request.places[i];
    if (dup3(staged[i], place, place == kProgramFd ? O_CLOEXEC : 0) != place) return false;
  }
  std::sort(places, places + request.fd_count);
  int next = 0;
  for (int i = 0; i < request.fd_count; ++i) {
    if (places[i] > next &&
        CloseRange(static_cast<unsigned>(next), static_cast<unsigned>(places[i] - 1)) != 0) {
      return false;
    }
    next = places[i] + 1;
  }
  return CloseRange(static_cast<unsigned>(next), ~0U) == 0;
}

bool Server::SetLimits(const Request& request) {
  const Limits& limits = request.limits;
  const std::int64_t mb = 1024 * 1024;
  bool set = Limit(RLIMIT_CORE, 0) && Limit(RLIMIT_NOFILE, 256) && Limit(RLIMIT_MEMLOCK, 0) &&
             Limit(RLIMIT_MSGQUEUE, 0) && Limit(RLIMIT_FSIZE, limits.file_kb * 1024) &&
             Limit(RLIMIT_STACK, limits.stack_mb * mb) &&
             Limit(RLIMIT_CPU, limits.cpu_ms / 1000 + 2);
  if (limits.memory_mb > 0) {
#ifdef __SANITIZE_ADDRESS__
    const bool much_is_mapped =
        true;  // terabytes, which the process has until it becomes a program
#else
    const bool much_is_mapped = plan_.role == Role::kPython;
#endif
    const std::int64_t beyond_kb = much_is_mapped ? base_kb_ : 16 * 1024;
    const std::int64_t bytes = limits.memory_mb * mb + beyond_kb * 1024;
    set = set && Limit(request.address_space_limited != 0 ? RLIMIT_AS : RLIMIT_DATA, bytes);
  }
  // Counted per user id: exact where the id is the run's alone or its user namespace's.
  if (has_namespaces_ || candidate_uid_ >= 0) {
    const std::int64_t ours = candidate_uid_ >= 0 ? 0 : 2;  // the server and the namespace's shadow
    set = set && Limit(RLIMIT_NPROC, limits.threads + ours);
  }
  return set;
}

bool Server::DropPrivileges() {
  if (candidate_uid_ >= 0) {
    const gid_t group = static_cast<gid_t>(candidate_uid_);
    if (!has_namespaces_ && syscall(SYS_setgroups, 0, nullptr) != 0) return false;
    if (syscall(SYS_setresgid, group, group, group) != 0) return false;
    if (syscall(SYS_setresuid, candidate_uid_, candidate_uid_, candidate_uid_) != 0) return false;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return false;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return false;
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;  // last: a change of ids clears it
}

bool Server::LoadFilter(Policy policy) {
  std::vector<sock_filter>& filter = filters_[static_cast<std::size_t>(policy)];
  BindToPid(filter, static_cast<std::uint32_t>(getpid()));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool Server::MakeScratch(const Limits& limits) {
  if (!has_namespaces_) {
    const std::string place = plan_.scratch_base + "/w";
    if (mkdir(place.c_str(), 0700) != 0) return false;
    if (candidate_uid_ >= 0 && chown(place.c_str(), static_cast<uid_t>(candidate_uid_),
                                     static_cast<gid_t>(candidate_uid_)) != 0) {
      return false;
    }
    scratch_fd_ = open(place.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return scratch_fd_ >= 0;
  }
  const int context = static_cast<int>(syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
  if (context < 0) return false;
  const std::string owner = std::to_string(std::max(0, candidate_uid_));
  const auto set = [context](const char* key, const std::string& value) {
    return syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value.c_str(), 0) == 0;
  };
  if (set("size", std::to_string(limits.scratch_kb) + "k") && set("mode", "700") &&
      set("nr_inodes", std::to_string(limits.scratch_files + 1)) && set("uid", owner) &&
      set("gid", owner) &&
      syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0) {
    scratch_fd_ = static_cast<int>(
        syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  }
  close(context);
  return scratch_fd_ >= 0;
}

bool Server::EnterScratch() const {
  if (!has_namespaces_) return fchdir(scratch_fd_) == 0;
  return unshare(CLONE_NEWNS) == 0 &&
         syscall(SYS_move_mount, scratch_fd_, "", AT_FDCWD, kScratch, MOVE_MOUNT_F_EMPTY_PATH) ==
             0 &&
         chdir(kScratch) == 0;
}

void Server::RemoveScratch() {
  close(scratch_fd_);
  scratch_fd_ = -1;
  if (has_namespaces_) return;  // the mount went with the run
  const int base = open(plan_.scratch_base.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  RemoveTree(base, "w");
  close(base);
}

int Server::OpenOutput(const Limits& limits) const {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  const int fd = static_cast<int>(syscall(SYS_openat2, scratch_fd_, "out", &how, sizeof how));
  struct stat about {};
  if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
      about.st_size <= limits.file_kb * 1024) {
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

}  // namespace assay::sandbox
