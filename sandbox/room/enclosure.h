// sandbox/room/enclosure.h -- The room: namespaces and a minimal read-only root, made once per
// worker.
#pragma once

#include <string>
#include <vector>

#include "sandbox/ending.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

struct RoomPlan {
  Mode mode = Mode::kUser;
  Role role = Role::kPython;
  int hash_seed = 0;
  int index = 0;             // tells workers' user ids apart
  std::string shown_folder;  // one more folder that runs may read; empty: none
  bool has_cgroup_memory = false;
  bool has_cgroup_pids = false;
  std::string scratch_base;  // no namespaces: the worker's own folder on the host
};

// Where the writable folder of a run is, seen from inside.
inline constexpr char kScratchParent[] = "/scratch";
inline constexpr char kScratch[] = "/scratch/w";

// Runs on in a child that is inside the room (its first process, where there are namespaces); the
// calling process stays outside as its keeper and never returns: it ends when the room or the host
// does. Returns an empty text, or why the room cannot be made.
std::string EnterRoom(const RoomPlan& plan);

// Replaces the root by a read-only one without /proc, /home, /etc …. Inside the room only.
std::string MakeRoot(const RoomPlan& plan);

// Paths that programs of this role may read.
std::vector<std::string> ReadablePaths(const RoomPlan& plan);

// The user id that runs get: above the range of real users. -1: keep the room's own.
int CandidateUid(const RoomPlan& plan);

}  // namespace assay::sandbox
