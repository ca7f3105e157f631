// Theory of operation. The program starts outside (the keeper) and clones the room's first process
// into new namespaces; where root starts it, the keeper maps two high, otherwise unused user ids: 0
// inside is the room's server, 1 inside are the runs. An ordinary user can map only itself, so
// server and runs share an id there and capabilities (dropped by each run) and the pid namespace
// keep them apart. The keeper holds the leash: when the host process goes, however it goes, the
// leash pipe reads end of file and the keeper kills the room; when the keeper is killed, the
// parent-death signal does.
#include "sandbox/room/enclosure.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "sandbox/room/system.h"

namespace assay::sandbox {
namespace {

constexpr int kFirstUid = 2'000'000'000;
// Where the new root grows: a folder that every system has and that nothing is shown from.
constexpr char kNewRoot[] = "/proc";

bool HasNamespaces(Mode mode) { return mode == Mode::kRoot || mode == Mode::kUser; }

std::string Failure(const char* step) { return std::string(step) + ": " + std::strerror(errno); }

struct CloneArguments {
  std::uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

pid_t CloneInto(std::uint64_t namespaces, int* pidfd) {
  CloneArguments arguments{};
  arguments.flags = namespaces | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(pidfd);
  arguments.exit_signal = SIGCHLD;
  return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
}

std::string MapIds(pid_t child, const RoomPlan& plan) {
  const std::string folder = "/proc/" + std::to_string(child);
  std::string map = "0 " + std::to_string(geteuid()) + " 1";
  std::string group_map = "0 " + std::to_string(getegid()) + " 1";
  if (plan.mode == Mode::kRoot) {
    const int first = kFirstUid + 2 * plan.index;
    map = group_map = "0 " + std::to_string(first) + " 2";
  } else if (!WriteFileText((folder + "/setgroups").c_str(), "deny")) {
    return Failure("setgroups of the user namespace");
  }
  if (!WriteFileText((folder + "/uid_map").c_str(), map)) return Failure("uid_map");
  if (!WriteFileText((folder + "/gid_map").c_str(), group_map)) return Failure("gid_map");
  return "";
}

[[noreturn]] void Keep(int room_pidfd) {
  CloseRange(0, kControlFd);
  for (int fd = kPreloadFd; fd < kFirstFreeFd; ++fd) close(fd);
  pollfd watched[2] = {{kLeashFd, POLLIN, 0}, {room_pidfd, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR) {
  }
  syscall(SYS_pidfd_send_signal, room_pidfd, SIGKILL, nullptr, 0);
  // As the nearest subreaper: whatever lost its parent is ours to end, where no pid namespace does
  // it.
  EndAllChildren();
  _exit(0);
}

bool BindReadOnly(const std::string& source, const std::string& place, std::uint64_t extra) {
  if (mount(source.c_str(), place.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return false;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | extra;
  return syscall(SYS_mount_setattr, AT_FDCWD, place.c_str(), AT_RECURSIVE, &attributes,
                 sizeof attributes) == 0;
}

// Makes `path` (absolute) appear below the current folder: a folder bound, a link copied.
std::string Show(const std::string& path) {
  struct stat about {};
  if (lstat(path.c_str(), &about) != 0) return "";  // this system has none
  const std::string place = "." + path;
  for (std::size_t slash = place.find('/', 2); slash != std::string::npos;
       slash = place.find('/', slash + 1)) {
    mkdir(place.substr(0, slash).c_str(), 0755);
  }
  if (S_ISLNK(about.st_mode)) {
    char link[512] = {};
    if (readlink(path.c_str(), link, sizeof link - 1) < 0 || symlink(link, place.c_str()) != 0) {
      return Failure(path.c_str());
    }
    return "";
  }
  std::uint64_t extra = MOUNT_ATTR_NODEV;
  if (S_ISDIR(about.st_mode)) {
    mkdir(place.c_str(), 0755);
  } else {
    close(open(place.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    if (S_ISCHR(about.st_mode)) extra = MOUNT_ATTR_NOEXEC;
  }
  return BindReadOnly(path, place, extra) ? "" : Failure(path.c_str());
}

constexpr const char* kPythonPaths[] = {"/usr/lib",     "/lib",       "/lib64",
                                        "/usr/lib64",   "/lib32",     "/etc/ld.so.cache",
                                        "/dev/urandom", "/dev/random"};
constexpr const char* kExecPaths[] = {"/usr/lib",
                                      "/lib",
                                      "/lib64",
                                      "/usr/lib64",
                                      "/lib32",
                                      "/usr/bin",
                                      "/bin",
                                      "/usr/include",
                                      "/usr/libexec",
                                      "/usr/share/nodejs",
                                      "/etc/alternatives",
                                      "/etc/ld.so.cache",
                                      "/dev/urandom",
                                      "/dev/random"};

}  // namespace

std::vector<std::string> ReadablePaths(const RoomPlan& plan) {
  std::vector<std::string> paths;
  if (plan.role == Role::kPython) {
    paths.assign(std::begin(kPythonPaths), std::end(kPythonPaths));
  } else {
    paths.assign(std::begin(kExecPaths), std::end(kExecPaths));
  }
  if (!plan.shown_folder.empty()) paths.push_back(plan.shown_folder);
  return paths;
}

int CandidateUid(const RoomPlan& plan) {
  if (plan.mode == Mode::kRoot) return 1;
  if (plan.mode == Mode::kUser || geteuid() != 0) return -1;
  return kFirstUid + 2 * plan.index + 1;
}

std::string EnterRoom(const RoomPlan& plan) {
  int go[2];
  if (pipe2(go, O_CLOEXEC) != 0) return Failure("pipe");
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  std::uint64_t namespaces = 0;
  if (HasNamespaces(plan.mode)) {
    namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                 CLONE_NEWUTS | CLONE_NEWCGROUP;
  }
  const pid_t keeper = getpid();
  int room_pidfd = -1;
  const pid_t room = CloneInto(namespaces, &room_pidfd);
  if (room < 0) return Failure("clone3 with namespaces");
  if (room > 0) {
    close(go[0]);
    std::string trouble = namespaces != 0 ? MapIds(room, plan) : "";
    if (trouble.size() > 200) trouble.resize(200);
    WriteAll(go[1], trouble.data(), trouble.size());
    close(go[1]);
    Keep(room_pidfd);
  }
  close(go[1]);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (namespaces == 0 && getppid() != keeper) _exit(0);
  std::string trouble;
  if (!ReadAll(go[0], trouble)) return Failure("reading from the keeper");
  close(go[0]);
  close(kLeashFd);
  if (!trouble.empty()) return trouble;
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (namespaces != 0) {
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
      return Failure("becoming 0 in the room");
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // a change of ids clears it
    prctl(PR_SET_DUMPABLE, 1, 0, 0,
          0);  // and this, without which we may not join our own namespaces
    if (sethostname("assay", 5) != 0) return Failure("sethostname");
  }
  return "";
}

std::string MakeRoot(const RoomPlan& plan) {
  if (!HasNamespaces(plan.mode)) return chdir("/") == 0 ? "" : Failure("chdir");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return Failure("making mounts private");
  }
  if (mount("room", kNewRoot, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) {
    return Failure("tmpfs for the root");
  }
  if (chdir(kNewRoot) != 0) return Failure("chdir");
  for (const std::string& path : ReadablePaths(plan)) {
    if (const std::string trouble = Show(path); !trouble.empty()) return trouble;
  }
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full"}) {
    if (const std::string trouble = Show(device); !trouble.empty()) return trouble;
  }
  mkdir("scratch", 0755);
  mkdir("scratch/w", 0755);
  mkdir("old", 0755);
  if (syscall(SYS_pivot_root, ".", "old") != 0) return Failure("pivot_root");
  if (chdir("/") != 0 || umount2("/old", MNT_DETACH) != 0) return Failure("leaving the old root");
  rmdir("/old");
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes) != 0) {
    return Failure("read-only root");
  }
  return "";
}

}  // namespace assay::sandbox
