// sandbox/room/server.h -- Serves the runs of one room, one at a time: forks a child into a fresh
// pid namespace ahead of its run, lets it confine itself, hands it the run, watches its limits,
// reports.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "sandbox/room/enclosure.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

// Shared with the child until untrusted code starts: unmapped before, so that it cannot be forged.
struct Progress {
  std::int32_t started = 0;
  std::int32_t error = 0;
  char step[120] = {};
};

// What a confined child becomes.
class Guest {
 public:
  virtual ~Guest() = default;
  // In the server, last of all before the first child.
  virtual void Settle() {}
  // In the child, before it knows its run: what is the same for every run.
  virtual void Warm() {}
  // In the child, when no run has come for a while: work that makes the next one's shorter.
  virtual void Rehearse() {}
  // In the child, confined but for the system call filter: takes in kPayloadFd. False when
  // malformed.
  virtual bool Load() = 0;
  // In the child, fully confined. Sets `progress->started`, makes it unreachable, runs the program.
  [[noreturn]] virtual void Run(Progress* progress) = 0;
};

class Server {
 public:
  // `guest` must outlive this.
  Server(const RoomPlan& plan, Guest& guest);

  // Prepares what all runs share. `statm`: this process' /proc/self/statm. Returns an empty text,
  // or what failed.
  std::string Prepare(UniqueFd statm);
  std::uint32_t layers() const { return layers_; }
  // Returns when the host closes the control socket.
  void Serve();

 private:
  struct Namespace {
    pid_t init = -1;
    int pidfd = -1;
  };

  // The next run's process, confined as far as it can be without knowing the run.
  struct Child {
    pid_t pid = -1;
    int pidfd = -1;
    int channel = -1;  // the run is sent here
  };

  // One message: `received_` takes the descriptors. False at the end of the stream.
  bool Receive(int socket, Request& request);
  bool Forward(const Request& request);
  void RunOne(const Request& request);
  void Watch(const Request& request, std::int64_t cpu_before_us, Reply& reply);
  static bool HostWantsEnd(std::uint64_t run);
  void Finish(const Request& request, std::int64_t begin_us, std::int64_t cpu_before_us,
              Reply& reply);
  static void Send(const Reply& reply, int output_fd);

  bool NewNamespace();
  void KillNamespace() const;
  void EndNamespace();
  // Forks the next child; `scratch`: it enters the scratch folder that has been made.
  bool NewChild(bool scratch);
  void ForgetChild();
  // A child with a scratch folder, or in place of one that died.
  bool ReplaceChild(const Limits& limits);
  bool ChildLives() const;
  void PrepareCgroup(const Limits& limits);
  std::int64_t OomKills() const;

  // In the child, in this order.
  [[noreturn]] void BecomeGuest(bool scratch);
  void ConfineEarly(bool scratch);
  void ConfineFor(const Request& request);
  bool PlaceDescriptors(const Request& request);
  bool EnterScratch() const;
  bool SetLimits(const Request& request);
  bool DropPrivileges();
  bool LoadFilter(Policy policy);
  [[noreturn]] void GiveUp(const char* step);

  // Scratch folder of the coming run: a detached tmpfs, or a folder of the host without namespaces.
  bool MakeScratch(const Limits& limits);
  void RemoveScratch();
  int OpenOutput(const Limits& limits) const;

  RoomPlan plan_;
  Guest& guest_;
  std::uint32_t layers_ = 0;
  bool has_namespaces_ = false;
  bool has_cgroup_memory_ = false;
  bool has_cgroup_pids_ = false;
  int candidate_uid_ = -1;
  int self_pidfd_ = -1;
  int landlock_fd_ = -1;
  int cpus_ = 1;
  std::int64_t base_kb_ = 0;  // address space of a child before it runs anything
  std::int64_t last_memory_mb_ = -1;
  std::int64_t last_threads_ = -1;
  std::int64_t oom_kills_ = 0;
  Progress* progress_ = nullptr;
  Namespace next_;
  Child child_;
  int scratch_fd_ = -1;
  std::vector<int> received_;
  std::array<std::vector<sock_filter>, 4> filters_;
};

}  // namespace assay::sandbox
