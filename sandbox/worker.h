// sandbox/worker.h -- One room process seen from here: started, given runs one at a time, ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sandbox/cgroup.h"
#include "sandbox/ending.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

struct WorkerSpec {
  Mode mode = Mode::kUser;
  Role role = Role::kPython;
  int hash_seed = 0;
  int index = 0;  // of all workers alive in this process; tells user ids apart
  bool use_cgroup = true;
  std::filesystem::path room_program;
  std::string preload;
  std::string rehearsal;
  std::filesystem::path shown_folder;  // one more folder that runs may read; empty: none
};

class Worker {
 public:
  // Starts the room and waits until it is ready. kUnavailable with the room's reason when it is
  // not.
  static Result<std::unique_ptr<Worker>> Start(const WorkerSpec& spec);
  // Ends the room and everything in it, and waits for that.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Whether the room is there with nothing left to say: what an idle one is.
  bool Waits() const;
  // Sends a run; `fds` go along in the order of `request.places`. False when the room is gone.
  bool Send(Request& request, const std::vector<int>& fds);
  // Asks for the end of the current run; its reply still comes.
  void SendKill();
  // Takes the reply of the current run and the descriptor that came with it. False when the room is
  // gone or talks nonsense: drop the worker. Blocks unless control_fd() is readable.
  bool Receive(Reply& reply, UniqueFd& output);

  int control_fd() const { return control_.get(); }
  std::uint32_t layers() const { return layers_; }
  const WorkerSpec& spec() const { return spec_; }
  pid_t keeper() const { return keeper_; }
  int runs() const { return static_cast<int>(run_); }
  // Set by whoever saw something odd: the pool does not use this worker again.
  bool doubtful = false;

 private:
  explicit Worker(const WorkerSpec& spec) : spec_(spec) {}
  Result<void> Spawn();
  Result<void> TakeHello();

  WorkerSpec spec_;
  std::unique_ptr<WorkerCgroup> cgroup_owner_;
  std::filesystem::path scratch_base_;
  UniqueFd control_;
  UniqueFd leash_;
  pid_t keeper_ = -1;
  std::uint64_t run_ = 0;
  std::uint32_t layers_ = 0;
};

// Finds `assay-room`: $ASSAY_ROOM, beside this library or program, or where it was built.
// kNotFound.
Result<std::filesystem::path> FindRoomProgram(const std::filesystem::path& named);

}  // namespace assay::sandbox
