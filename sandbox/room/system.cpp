#include "sandbox/room/system.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

#include "sandbox/wire.h"

namespace assay::sandbox {

int PidfdOpen(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

int CloseRange(unsigned first, unsigned last) {
  return static_cast<int>(syscall(SYS_close_range, first, last, 0));
}

bool ReadAll(int fd, std::string& bytes) {
  char piece[65536];
  while (true) {
    const ssize_t got = read(fd, piece, sizeof piece);
    if (got == 0) return true;
    if (got > 0) bytes.append(piece, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) return false;
  }
}

bool WriteAll(int fd, const void* bytes, std::size_t size) {
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t put = write(fd, next, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    next += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

bool WriteFileText(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = WriteAll(fd, text.data(), text.size());
  close(fd);
  return written;
}

std::int64_t NowUs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
}

std::int64_t CpuUs(pid_t pid) {
  // The kernel's encoding of "CPU clock of process pid" (clock_getcpuclockid would ask it first).
  const clockid_t clock = static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | 2U);
  timespec used{};
  if (clock_gettime(clock, &used) != 0) return -1;
  return used.tv_sec * std::int64_t{1'000'000} + used.tv_nsec / 1000;
}

UniqueFd OpenAbove(const char* path) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  return UniqueFd(fd.valid() ? fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstFreeFd) : -1);
}

void EndChild(pid_t pid) {
  kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void EndAllChildren() {
  for (pid_t reaped = 0; reaped >= 0;) {
    char children[4096];
    const int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, children, sizeof children - 1);
    if (fd >= 0) close(fd);
    if (size > 0) {
      children[size] = 0;
      char* next = children;
      for (long pid = strtol(next, &next, 10); pid > 0; pid = strtol(next, &next, 10)) {
        kill(static_cast<pid_t>(pid), SIGKILL);
      }
    }
    reaped = waitpid(-1, nullptr, 0);
  }
}

namespace {

// Unlinks the files of folder `name`, moves its folders up into `base` and adds them to `folders`.
void FlattenFolder(int base, const std::string& name, std::vector<std::string>& folders,
                   std::size_t& moved) {
  const int fd = openat(base, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* folder = fd < 0 ? nullptr : fdopendir(fd);
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    const std::string inside = entry->d_name;
    if (inside == "." || inside == "..") continue;
    if (unlinkat(fd, inside.c_str(), 0) == 0) continue;
    const std::string place = "removed-" + std::to_string(++moved);
    fchmodat(fd, inside.c_str(), 0700, 0);  // a folder: unlinkat has removed everything else
    if (renameat(fd, inside.c_str(), base, place.c_str()) == 0) folders.push_back(place);
  }
  closedir(folder);
}

}  // namespace

void RemoveTree(int base, const std::string& name) {
  std::vector<std::string> folders{name};
  std::size_t moved = 0;
  while (!folders.empty()) {
    const std::string folder = folders.back();
    folders.pop_back();
    FlattenFolder(base, folder, folders, moved);
    unlinkat(base, folder.c_str(), AT_REMOVEDIR);
  }
}

namespace {

// Landlock grew: rights by ABI version, as in the kernel's documentation of landlock(7).
struct RulesetAttr {
  std::uint64_t fs = 0;
  std::uint64_t net = 0;
  std::uint64_t scoped = 0;
};
constexpr std::uint64_t kExecuteFile = 1, kWriteFile = 2, kReadFile = 4, kReadDir = 8;
constexpr std::uint64_t kFileRights = kExecuteFile | kWriteFile | kReadFile | (1U << 14);

std::uint64_t KnownFsRights(int abi) {
  if (abi >= 5) return (1U << 16) - 1;
  if (abi >= 3) return (1U << 15) - 1;
  return abi == 2 ? (1U << 14) - 1 : (1U << 13) - 1;
}

bool AllowBelow(int ruleset, const char* path, std::uint64_t rights) {
  const int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT;
  struct stat about {};
  landlock_path_beneath_attr rule{};
  rule.allowed_access =
      fstat(fd, &about) == 0 && S_ISDIR(about.st_mode) ? rights : rights & kFileRights;
  rule.parent_fd = fd;
  const bool added =
      syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(fd);
  return added;
}

}  // namespace

LandlockResult MakeLandlock(const std::vector<std::string>& readable, const std::string& writable) {
  LandlockResult made;
  made.abi = static_cast<int>(
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (made.abi < 1) return made;
  RulesetAttr handled;
  handled.fs = KnownFsRights(made.abi);
  if (made.abi >= 4) handled.net = 3;     // bind and connect over TCP: no rule allows any
  if (made.abi >= 6) handled.scoped = 3;  // abstract sockets and signals stay inside
  const std::size_t size = made.abi >= 6 ? 24 : made.abi >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, size, 0));
  if (ruleset < 0) return made;
  bool complete = true;
  for (const std::string& path : readable) {
    complete = AllowBelow(ruleset, path.c_str(), kReadFile | kReadDir | kExecuteFile) && complete;
  }
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full"}) {
    complete = AllowBelow(ruleset, device, kReadFile | kWriteFile) && complete;
  }
  if (!writable.empty()) complete = AllowBelow(ruleset, writable.c_str(), handled.fs) && complete;
  if (complete) {
    made.ruleset_fd = ruleset;
  } else {
    close(ruleset);
  }
  return made;
}

bool EnterLandlock(int ruleset_fd) {
  return syscall(SYS_landlock_restrict_self, ruleset_fd, 0) == 0;
}

}  // namespace assay::sandbox
