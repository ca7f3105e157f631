// trainer/distributed/nccl_link.h -- One NCCL communicator and the device memory that bytes of this
// host go through: its calls end, also where NCCL's do not. Free of LibTorch's headers.
//
// Theory of operation. NCCL's functions may block (connections are made when first used), and what
// they start on the device may never end, for instance because a process died whose memory was
// read directly. So each runs in a thread of its own, and the caller looks every so often whether
// the call has returned, the device is done, and NCCL knows of an error; at the deadline, or when
// the others are not well, it turns away and the communicator is aborted. Threads that hang even
// then are left behind: the job is over.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/nccl.h"

namespace assay {

struct NcclOptions {
  std::string device;                                 // LibTorch's name: where parts are staged
  std::size_t smallest_bytes = std::size_t{1} << 16;  // shorter parts are not worth the way
  std::size_t staging_bytes = std::size_t{64} << 20;  // on the device, for each direction
  // Whether the device has done all that was started on it; empty: LibTorch is asked. May throw.
  std::function<bool()> device_is_done;
};

enum class NcclEnding {
  kDone,
  kFailed,   // here, with `error`
  kStopped,  // since another process has failed
  kGone,     // a process is gone, as `error` says
};
struct NcclOutcome {
  NcclEnding ending = NcclEnding::kDone;
  Error error;
};

// One thread at a time. After anything but kDone there is only Abort().
class NcclLink {
 public:
  // ProcessGroup::LookAfterOthers.
  using Look = std::function<Result<bool>(const std::string& what)>;

  NcclLink(const Nccl& nccl, int rank, int size, const NcclOptions& options,
           std::chrono::milliseconds deadline, Look look);
  ~NcclLink();
  NcclLink(const NcclLink&) = delete;
  NcclLink& operator=(const NcclLink&) = delete;

  NcclOutcome Start(const NcclId& id);
  // As in ProcessGroup.
  NcclOutcome Exchange(const std::string& what, std::span<const std::byte> send,
                       std::span<std::byte> receive);
  NcclOutcome Gather(const std::string& what, std::span<const std::byte> own,
                     std::span<std::byte> all);
  // Ends what is under way, within seconds.
  void Abort();

 private:
  struct Staging;
  using Clock = std::chrono::steady_clock;
  using Call = std::function<int()>;

  NcclOutcome Exchange(const std::string& what, std::span<const std::byte> send,
                       std::span<std::byte> receive, Clock::time_point until);
  NcclOutcome Gather(const std::string& what, std::span<const std::byte> own,
                     std::span<std::byte> all, Clock::time_point until);
  NcclOutcome Transfer(const std::string& what, Clock::time_point until, const Call& call);
  NcclOutcome Await(const std::string& what, Clock::time_point until,
                    const std::function<Result<bool>()>& ready);
  void Leave(int (*leave)(NcclCommunicator));

  const Nccl& nccl_;
  std::size_t rank_, size_;
  NcclOptions options_;
  std::chrono::milliseconds deadline_;
  Look look_;
  NcclCommunicator communicator_ = nullptr;
  std::shared_ptr<Staging> staging_;
};

}  // namespace assay
