// sandbox/cgroup.h -- A memory and a pids cgroup for one worker, version 1 or 2, where we may make
// them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace assay::sandbox {

// What the groups of process `owner` are called, before the index. Process numbers mean something
// in their own namespace only, and hosts in several containers may share a folder of groups.
std::string CgroupPrefix(pid_t owner);

// Owns the groups: they are removed with this object, after the worker's processes are gone.
class WorkerCgroup {
 public:
  // Makes what is permitted below this process' own groups; `descriptors()` is empty where nothing
  // is. `index` must be unique among what this process holds.
  static WorkerCgroup Make(int index);
  // Removes the empty groups of processes of this pid namespace that are gone: one that is killed
  // cannot do it itself.
  static void RemoveStale();
  WorkerCgroup() = default;
  WorkerCgroup(WorkerCgroup&&) = default;
  WorkerCgroup& operator=(WorkerCgroup&&) = delete;
  ~WorkerCgroup();

  // Open control files, each with the number (sandbox/wire.h) under which a room expects it.
  const std::vector<std::pair<UniqueFd, int>>& descriptors() const { return descriptors_; }
  // Why there is no memory group; empty when there is one.
  const std::string& why_not() const { return why_not_; }

 private:
  bool Open(const std::filesystem::path& file, int flags, int place);
  bool MakeMemory(const std::filesystem::path& parent, const std::string& name, int version);
  bool MakePids(const std::filesystem::path& parent, const std::string& name, int version);

  std::vector<std::filesystem::path> groups_;
  std::vector<std::pair<UniqueFd, int>> descriptors_;
  std::string why_not_;
};

}  // namespace assay::sandbox
