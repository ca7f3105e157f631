#include "trainer/distributed/nccl_link.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <utility>

#include "trainer/distributed/own_thread.h"

namespace assay {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// NCCL's word for a communicator that is still busy: no error.
constexpr int kInProgress = 7;
constexpr microseconds kPoll{50};
// A transfer this long is worth a look at the others, which takes about as long as a heartbeat.
constexpr milliseconds kLook{2000};
// For leaving a communicator, in which NCCL itself may hang.
constexpr milliseconds kFarewell{10000};
// Parts start where the device reads them at full width.
constexpr std::size_t kAlignment = 64;

bool DeviceIsDone(const at::Device& device) {
  if (device.is_cpu()) return true;  // it has no streams: all is done when a call returns
  const c10::impl::VirtualGuardImpl guard(device.type());
  return guard.queryStream(guard.getDefaultStream(device));
}

std::size_t Aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

NcclOutcome Failed(const Result<void>& failure) { return {NcclEnding::kFailed, failure.error()}; }

// What LibTorch throws is a failure here.
template <class Move>
NcclOutcome Caught(const std::string& what, const Move& move) {
  try {
    return move();
  } catch (const c10::Error& error) {
    return Failed(Fail(ErrorCode::kUnavailable, "{}: {}", what, error.what_without_backtrace()));
  }
}

}  // namespace

// Tensors of bytes on the device. NCCL is given the default stream, on which LibTorch works too
// unless told otherwise, so that copies and transfers follow each other.
struct NcclLink::Staging {
  explicit Staging(const std::string& name) : device(name) {}

  void Reserve(std::size_t out_bytes, std::size_t in_bytes) {
    for (const auto& [tensor, bytes] : {std::pair(&out, out_bytes), std::pair(&in, in_bytes)}) {
      if (tensor->defined() && static_cast<std::size_t>(tensor->numel()) >= bytes) continue;
      *tensor = at::Tensor();  // never both at once
      *tensor = at::empty({static_cast<std::int64_t>(bytes)},
                          at::TensorOptions().dtype(at::kByte).device(device));
    }
  }
  void CopyOut(std::size_t at, std::span<const std::byte> from) {
    Part(out, at, from.size()).copy_(Wrap(from.data(), from.size()));
  }
  void CopyIn(std::size_t at, std::span<std::byte> to) {
    Wrap(to.data(), to.size()).copy_(Part(in, at, to.size()));
  }
  static at::Tensor Part(const at::Tensor& whole, std::size_t at, std::size_t bytes) {
    return whole.narrow(0, static_cast<std::int64_t>(at), static_cast<std::int64_t>(bytes));
  }
  static at::Tensor Wrap(const std::byte* data, std::size_t bytes) {
    return at::from_blob(const_cast<std::byte*>(data), {static_cast<std::int64_t>(bytes)},
                         at::kByte);
  }

  at::Device device;
  at::Tensor out, in;
};

NcclLink::NcclLink(const Nccl& nccl, int rank, int size, const NcclOptions& options,
                   milliseconds deadline, Look look)
    : nccl_(nccl),
      rank_(static_cast<std::size_t>(rank)),
      size_(static_cast<std::size_t>(size)),
      options_(options),
      deadline_(deadline),
      look_(std::move(look)),
      staging_(std::make_shared<Staging>(options.device)) {
  if (!options_.device_is_done) {
    options_.device_is_done = [device = staging_->device] { return DeviceIsDone(device); };
  }
}

NcclLink::~NcclLink() { Leave(nccl_.CommDestroy); }
void NcclLink::Abort() { Leave(nccl_.CommAbort); }

void NcclLink::Leave(int (*leave)(NcclCommunicator)) {
  if (communicator_ == nullptr) return;
  const OwnThread leaving([communicator = communicator_, staging = staging_, leave] {
    c10::impl::VirtualGuardImpl(staging->device.type()).setDevice(staging->device);
    leave(communicator);
    return Result<void>();
  });
  leaving.EndedWithin(kFarewell);
  communicator_ = nullptr;
}

NcclOutcome NcclLink::Start(const NcclId& id) {
  const std::string what = "the start of NCCL";
  const auto made = std::make_shared<NcclCommunicator>();
  const OwnThread starting([made, id, what, &nccl = nccl_, staging = staging_,
                            rank = static_cast<int>(rank_), size = static_cast<int>(size_)] {
    c10::impl::VirtualGuardImpl(staging->device.type()).setDevice(staging->device);
    return nccl.Check(nccl.CommInitRank(made.get(), size, id, rank), what);
  });
  return Await(what, Clock::now() + deadline_, [&]() -> Result<bool> {
    const auto ended = starting.EndedWithin(kPoll);
    if (!ended) return false;
    if (!*ended) return Pass(ended->error());
    communicator_ = *made;
    return true;
  });
}

NcclOutcome NcclLink::Exchange(const std::string& what, std::span<const std::byte> send,
                               std::span<std::byte> receive) {
  return Caught(what, [&] { return Exchange(what, send, receive, Clock::now() + deadline_); });
}

NcclOutcome NcclLink::Gather(const std::string& what, std::span<const std::byte> own,
                             std::span<std::byte> all) {
  return Caught(what, [&] { return Gather(what, own, all, Clock::now() + deadline_); });
}

NcclOutcome NcclLink::Exchange(const std::string& what, std::span<const std::byte> send,
                               std::span<std::byte> receive, Clock::time_point until) {
  const std::size_t part = send.size() / size_;
  const std::size_t piece = Aligned(std::max<std::size_t>(options_.staging_bytes / size_, 1));
  std::copy_n(send.begin() + static_cast<std::ptrdiff_t>(rank_ * part), part,
              receive.begin() + static_cast<std::ptrdiff_t>(rank_ * part));
  for (std::size_t at = 0; at < part; at += piece) {
    const std::size_t bytes = std::min(piece, part - at), stride = Aligned(bytes);
    staging_->Reserve(stride * size_, stride * size_);
    for (std::size_t i = 0; i < size_; ++i) {
      if (i != rank_) staging_->CopyOut(i * stride, send.subspan(i * part + at, bytes));
    }
    const auto call = [&nccl = nccl_, communicator = communicator_, staging = staging_,
                       rank = rank_, size = size_, bytes, stride] {
      int failure = nccl.GroupStart();
      if (failure != 0) return failure;
      auto* out = static_cast<std::byte*>(staging->out.data_ptr());
      auto* in = static_cast<std::byte*>(staging->in.data_ptr());
      for (std::size_t i = 0; i < size && failure == 0; ++i) {
        if (i == rank) continue;
        const int peer = static_cast<int>(i);
        failure = nccl.Send(out + i * stride, bytes, NcclType::kByte, peer, communicator, nullptr);
        if (failure != 0) break;
        failure = nccl.Recv(in + i * stride, bytes, NcclType::kByte, peer, communicator, nullptr);
      }
      const int ended = nccl.GroupEnd();
      return failure != 0 ? failure : ended;
    };
    auto moved = Transfer(what, until, call);
    if (moved.ending != NcclEnding::kDone) return moved;
    for (std::size_t i = 0; i < size_; ++i) {
      if (i != rank_) staging_->CopyIn(i * stride, receive.subspan(i * part + at, bytes));
    }
  }
  return {};
}

NcclOutcome NcclLink::Gather(const std::string& what, std::span<const std::byte> own,
                             std::span<std::byte> all, Clock::time_point until) {
  const std::size_t piece = Aligned(std::max<std::size_t>(options_.staging_bytes / size_, 1));
  for (std::size_t at = 0; at < own.size(); at += piece) {
    const std::size_t bytes = std::min(piece, own.size() - at);
    staging_->Reserve(bytes, bytes * size_);
    staging_->CopyOut(0, own.subspan(at, bytes));
    const auto call = [&nccl = nccl_, communicator = communicator_, staging = staging_, bytes] {
      return nccl.AllGather(staging->out.data_ptr(), staging->in.data_ptr(), bytes, NcclType::kByte,
                            communicator, nullptr);
    };
    auto moved = Transfer(what, until, call);
    if (moved.ending != NcclEnding::kDone) return moved;
    for (std::size_t i = 0; i < size_; ++i) {
      staging_->CopyIn(i * bytes, all.subspan(i * own.size() + at, bytes));
    }
  }
  return {};
}

NcclOutcome NcclLink::Transfer(const std::string& what, Clock::time_point until, const Call& call) {
  const OwnThread starting([what, call, &nccl = nccl_, device = staging_->device] {
    c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
    return nccl.Check(call(), what);
  });
  return Await(what + " over NCCL", until, [&]() -> Result<bool> {
    const auto ended = starting.EndedWithin(kPoll);
    if (ended && !*ended) return Pass(ended->error());
    const bool done = ended && options_.device_is_done();
    // Looked at last: an error that came before the end is seen.
    int failure = 0;
    if (auto asked = nccl_.Check(nccl_.CommGetAsyncError(communicator_, &failure), what); !asked) {
      return Pass(asked.error());
    }
    if (failure == kInProgress) return false;
    if (auto well = nccl_.Check(failure, what); !well) return Pass(well.error());
    return done;
  });
}

NcclOutcome NcclLink::Await(const std::string& what, Clock::time_point until,
                            const std::function<Result<bool>()>& ready) {
  auto next_look = Clock::now() + kLook;
  while (true) {
    const auto done = ready();
    if (!done) return {NcclEnding::kFailed, done.error()};
    if (*done) return {};
    const auto now = Clock::now();
    if (now >= until) {
      return Failed(Fail(ErrorCode::kUnavailable, "{} did not end within {} s", what,
                         std::chrono::duration<double>(deadline_).count()));
    }
    if (now >= next_look) {
      const auto well = look_(what);
      if (!well) return {NcclEnding::kGone, well.error()};
      if (!*well) return {NcclEnding::kStopped, {}};
      next_look = Clock::now() + kLook;
    }
  }
}

}  // namespace assay
