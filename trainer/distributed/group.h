// trainer/distributed/group.h -- The processes of one training job and what they tell each other.
// Free of LibTorch's headers.
//
// Theory of operation. Every process calls the same collectives in the same order. Sums are formed
// in rank order from what each process sent, so they do not depend on who was faster, and a job run
// again gives the same bits. A collective ends within the deadline: otherwise, or when a process is
// gone, it fails with one sentence that names the process that is missing and what it was missed
// at, and the job is over. Nothing here restarts a process.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "trainer/distributed/launch.h"

namespace assay {

// One thread at a time. `what` is a short noun for messages: "gradients", "step 12".
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;

  // Part i of `send` goes to process i; part i of `receive` comes from it. Both hold size() equal
  // parts.
  virtual Result<void> Exchange(const std::string& what, std::span<const std::byte> send,
                                std::span<std::byte> receive) = 0;
  // Everybody's `own`, of equal sizes, in rank order.
  virtual Result<void> Gather(const std::string& what, std::span<const std::byte> own,
                              std::span<std::byte> all) = 0;

  // For what all processes do together beside the collectives, and for none of which a collective
  // can be had until it ends: tells the others that it has failed here, ...
  virtual void RaiseAlarm() {}
  // ... and looks after them: false once one of them has raised the alarm, kUnavailable naming who
  // is gone. Takes about a heartbeat, or its silence where somebody is gone.
  virtual Result<bool> LookAfterOthers(const std::string& what) = 0;
  virtual std::chrono::milliseconds deadline() const = 0;

  // After a failure that all processes know of: whether another one tells it to the user.
  virtual bool quiet() const { return quiet_; }
  // From now on `speaker` alone tells it.
  virtual void Silence(int speaker) { quiet_ = rank() != speaker; }

  bool first() const { return rank() == 0; }
  // The share of `count` items that is this process's: item i belongs to process i % size().
  bool Owns(std::size_t i) const {
    return i % static_cast<std::size_t>(size()) == static_cast<std::size_t>(rank());
  }

  // Strings of any sizes, in rank order.
  Result<std::vector<std::string>> GatherStrings(const std::string& what, const std::string& own);
  // Each entry becomes the sum over all processes.
  Result<void> Sum(const std::string& what, std::span<double> values);
  Result<void> Max(const std::string& what, std::span<double> values);
  // Agrees on a failure: when any process has one, all of them get the first in rank order.
  Result<void> Agree(const std::string& what, const Result<void>& own);

 private:
  bool quiet_ = false;
};

// How the others' lives are watched: every process has a thread of its own that says `beat` by beat
// that it lives. Only once a collective has failed is anybody asked after; who is then not heard of
// for `silence`, and has not noticed the failure either, counts as gone. Long enough for a beat
// that a busy machine holds up.
struct Heartbeat {
  std::chrono::milliseconds beat{500};
  std::chrono::milliseconds silence{15000};
};

// A job of one process: nobody to talk to.
std::unique_ptr<ProcessGroup> Alone();

// Meets the other processes at launch.address within the deadline. kUnavailable naming who did not
// come. Gloo over the interface of GLOO_SOCKET_IFNAME, or the one this host's name resolves to.
// From then on this process ignores SIGPIPE: Gloo writes to processes that may be gone.
Result<std::unique_ptr<ProcessGroup>> Join(const Launch& launch, std::chrono::milliseconds deadline,
                                           const Heartbeat& heartbeat = {});

}  // namespace assay
