#include "sandbox/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "sandbox/wire.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

struct Hierarchy {
  fs::path group;  // this process' own group in it
  int version = 2;
};

// Where `controller` is mounted and which group of it is ours, from /proc/self/{mountinfo,cgroup}.
std::optional<Hierarchy> FindHierarchy(const std::string& controller) {
  std::map<std::string, std::string> ours;  // controller, or "" for version 2 -> group
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::istringstream names(line.substr(first + 1, second - first - 1));
    const std::string group = line.substr(second + 1);
    if (second == first + 1) ours[""] = group;
    for (std::string name; std::getline(names, name, ',');) ours[name] = group;
  }
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    std::string skip, root, place, type, source, options;
    before >> skip >> skip >> skip >> root >> place;
    after >> type >> source >> options;
    const bool v1 =
        type == "cgroup" && ("," + options + ",").find("," + controller + ",") != std::string::npos;
    if (!v1 && type != "cgroup2") continue;
    const auto group = ours.find(v1 ? controller : "");
    if (group == ours.end()) continue;
    std::string below = group->second;
    if (root != "/" && below.rfind(root, 0) == 0) below = below.substr(root.size());
    const fs::path path = place + below;
    if (!v1) {
      std::ifstream enabled(path / "cgroup.subtree_control");
      std::string word;
      bool found = false;
      while (enabled >> word) found = found || word == controller;
      if (!found) continue;
    }
    return Hierarchy{path, v1 ? 1 : 2};
  }
  return std::nullopt;
}

// What the groups of all processes of this pid namespace begin with.
std::string NamespacePrefix() {
  struct stat space {};
  stat("/proc/self/ns/pid", &space);
  return "assay-" + std::to_string(space.st_ino) + "-";
}

// Of the name of a group, by NamespacePrefix; 0 where it is none of ours.
pid_t OwnerOf(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0) return 0;
  char* end = nullptr;
  const long owner = std::strtol(name.c_str() + prefix.size(), &end, 10);
  return *end == '-' && owner > 0 ? static_cast<pid_t>(owner) : 0;
}

// A group of that name is left from a process that had our number and was killed.
bool MakeGroup(const fs::path& group) {
  if (mkdir(group.c_str(), 0755) == 0) return true;
  return errno == EEXIST && rmdir(group.c_str()) == 0 && mkdir(group.c_str(), 0755) == 0;
}

}  // namespace

std::string CgroupPrefix(pid_t owner) { return NamespacePrefix() + std::to_string(owner) + "-"; }

void WorkerCgroup::RemoveStale() {
  const std::string prefix = NamespacePrefix();
  for (const char* controller : {"memory", "pids"}) {
    const auto hierarchy = FindHierarchy(controller);
    if (!hierarchy) continue;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(hierarchy->group, error)) {
      const pid_t owner = OwnerOf(entry.path().filename().string(), prefix);
      // One that still holds processes stays: a group cannot be removed before it is empty.
      if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) rmdir(entry.path().c_str());
    }
  }
}

bool WorkerCgroup::Open(const fs::path& file, int flags, int place) {
  const int fd = open(file.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return false;
  descriptors_.emplace_back(UniqueFd(fd), place);
  return true;
}

bool WorkerCgroup::MakeMemory(const fs::path& parent, const std::string& name, int version) {
  const fs::path group = parent / name;
  if (!MakeGroup(group)) return false;
  groups_.push_back(group);
  const bool v1 = version == 1;
  return Open(group / "cgroup.procs", O_WRONLY, kMemoryProcsFd) &&
         Open(group / (v1 ? "memory.limit_in_bytes" : "memory.max"), O_WRONLY, kMemoryLimitFd) &&
         Open(group / (v1 ? "memory.max_usage_in_bytes" : "memory.peak"), O_RDWR, kMemoryPeakFd) &&
         Open(group / (v1 ? "memory.oom_control" : "memory.events"), O_RDONLY, kMemoryEventsFd);
}

bool WorkerCgroup::MakePids(const fs::path& parent, const std::string& name, int version) {
  const fs::path group = parent / name;
  if (version == 1) {  // in version 2 it is the memory controller's
    if (!MakeGroup(group)) return false;
    groups_.push_back(group);
  } else if (mkdir(group.c_str(), 0755) != 0 && errno != EEXIST) {
    return false;
  }
  return Open(group / "cgroup.procs", O_WRONLY, kPidsProcsFd) &&
         Open(group / "pids.max", O_WRONLY, kPidsLimitFd);
}

WorkerCgroup WorkerCgroup::Make(int index) {
  const std::string name = CgroupPrefix(getpid()) + std::to_string(index);
  WorkerCgroup made;
  const auto memory = FindHierarchy("memory");
  if (!memory) {
    made.why_not_ = "no memory controller is delegated to this process";
  } else if (!made.MakeMemory(memory->group, name, memory->version)) {
    made.why_not_ = (memory->group / name).string() + ": " + std::strerror(errno);
    made.descriptors_.clear();
  }
  const std::size_t complete = made.descriptors_.size();
  const auto pids = FindHierarchy("pids");
  if (pids && !made.MakePids(pids->group, name, pids->version)) {
    made.descriptors_.erase(made.descriptors_.begin() + static_cast<std::ptrdiff_t>(complete),
                            made.descriptors_.end());
  }
  return made;
}

WorkerCgroup::~WorkerCgroup() {
  descriptors_.clear();
  for (const fs::path& group : groups_) {
    // The kernel frees a dead process' place in a group a moment after it can be waited for.
    for (int attempt = 0; rmdir(group.c_str()) != 0 && errno == EBUSY && attempt < 200; ++attempt) {
      usleep(1000);
    }
  }
}

}  // namespace assay::sandbox
