// The functions of NCCL that base/nccl.h names, over sockets between processes of one machine and
// on ordinary memory: what a test can load where there is no GPU. Harsher than NCCL in one thing:
// a process that dies is never noticed, as where GPUs read each other's memory.
//
// IMITATED_NCCL_FAULT, for the process of rank IMITATED_NCCL_RANK (all unless set) and from its
// transfer number IMITATED_NCCL_AFTER (0) on:
//   init   a communicator cannot be made       init-hang  making one never ends
//   stuck  a transfer never ends               error      as that, and the communicator has an
//   error refuse a transfer is refused               die        the process ends itself
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/nccl.h"

namespace {

using assay::NcclCommunicator;
using assay::NcclId;
using assay::NcclOperation;
using assay::NcclType;

constexpr int kSystemError = 2, kInvalidUsage = 5, kRemoteError = 6;

std::atomic<std::size_t> moved_bytes{0};

struct Communicator {
  int rank = 0;
  std::vector<int> peers;  // sockets; -1 for the own rank
  std::string fault;
  int good_transfers = 0;
  std::atomic<int> error{0};
  std::atomic<bool> aborted{false};
  std::atomic<int> inside{0};  // calls that are under way
};

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What is left to move to or from one peer.
struct Move {
  Communicator* communicator;
  int peer;
  bool sends;
  char* data;
  std::size_t left;
};
thread_local std::vector<Move> queued;
thread_local int depth = 0;

void Advance(Move& move) {
  const int socket = move.communicator->peers[static_cast<std::size_t>(move.peer)];
  const ssize_t moved = move.sends
                            ? ::send(socket, move.data, move.left, MSG_DONTWAIT | MSG_NOSIGNAL)
                            : ::recv(socket, move.data, move.left, MSG_DONTWAIT);
  if (moved <= 0) return;  // not now, or the peer is gone: not noticed
  moved_bytes += static_cast<std::size_t>(moved);
  move.data += moved;
  move.left -= static_cast<std::size_t>(moved);
}

int HangUntilAborted(const Communicator& communicator) {
  while (!communicator.aborted) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return kSystemError;
}

int Break(Communicator& communicator) {
  if (communicator.fault == "refuse") return kInvalidUsage;
  if (communicator.fault == "die") ::raise(SIGKILL);
  if (communicator.fault == "error") communicator.error = kRemoteError;
  return HangUntilAborted(communicator);
}

int MoveAll(Communicator& communicator, std::vector<Move> moves) {
  if (!communicator.fault.empty() && communicator.good_transfers-- <= 0) {
    return Break(communicator);
  }
  while (true) {
    std::erase_if(moves, [](const Move& move) { return move.left == 0; });
    if (moves.empty()) return 0;
    if (communicator.aborted) return kSystemError;
    const auto before = moved_bytes.load();
    for (Move& move : moves) Advance(move);
    if (moved_bytes == before) std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

sockaddr_un AddressOf(const NcclId& id, int rank) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // The first byte stays 0: a name that is not in the file system.
  std::snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "imitated-nccl-%.60s-%d",
                id.bytes, rank);
  return address;
}

bool ReadWhole(int socket, void* data, std::size_t size) {
  return ::recv(socket, data, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

// To all lower ranks; those above come to us.
bool Connect(Communicator& communicator, const NcclId& id) {
  const int ranks = static_cast<int>(communicator.peers.size());
  const auto own = AddressOf(id, communicator.rank);
  const int door = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(door, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return false;
  if (::listen(door, ranks) != 0) return false;
  for (int peer = 0; peer < communicator.rank; ++peer) {
    const auto address = AddressOf(id, peer);
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    while (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (::send(made, &communicator.rank, sizeof(int), MSG_NOSIGNAL) != sizeof(int)) return false;
    communicator.peers[static_cast<std::size_t>(peer)] = made;
  }
  for (int more = communicator.rank + 1; more < ranks; ++more) {
    const int made = ::accept4(door, nullptr, nullptr, SOCK_CLOEXEC);
    int peer = 0;
    if (!ReadWhole(made, &peer, sizeof peer)) return false;
    communicator.peers[static_cast<std::size_t>(peer)] = made;
  }
  ::close(door);
  return true;
}

int Queue(const Move& move) {
  queued.push_back(move);
  return 0;
}

}  // namespace

extern "C" {

// For tests: what has been sent and received in this process.
std::size_t ImitatedNcclMovedBytes() { return moved_bytes; }

int ncclGetUniqueId(NcclId* id) {
  static std::atomic<int> count{0};
  std::snprintf(id->bytes, sizeof id->bytes, "%d-%d", ::getpid(), ++count);
  return 0;
}

int ncclCommInitRank(NcclCommunicator* made, int ranks, NcclId id, int rank) {
  auto* communicator = new Communicator;
  communicator->rank = rank;
  communicator->peers.assign(static_cast<std::size_t>(ranks), -1);
  const std::string whose = Variable("IMITATED_NCCL_RANK");
  if (whose.empty() || whose == std::to_string(rank)) {
    communicator->fault = Variable("IMITATED_NCCL_FAULT");
    communicator->good_transfers = std::atoi(Variable("IMITATED_NCCL_AFTER").c_str());
  }
  if (communicator->fault == "init-hang") return HangUntilAborted(*communicator);
  if (communicator->fault == "init" || !Connect(*communicator, id)) {
    delete communicator;
    return kSystemError;
  }
  *made = communicator;
  return 0;
}

int ncclCommInitAll(NcclCommunicator*, int, const int*) { return kInvalidUsage; }

int ncclCommAbort(NcclCommunicator given) {
  auto* communicator = static_cast<Communicator*>(given);
  communicator->aborted = true;
  while (communicator->inside > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (const int peer : communicator->peers) {
    if (peer >= 0) ::close(peer);
  }
  delete communicator;
  return 0;
}

int ncclCommDestroy(NcclCommunicator communicator) { return ncclCommAbort(communicator); }

int ncclCommGetAsyncError(NcclCommunicator communicator, int* error) {
  *error = static_cast<Communicator*>(communicator)->error;
  return 0;
}

int ncclGroupStart() {
  ++depth;
  return 0;
}

int ncclGroupEnd() {
  if (--depth > 0 || queued.empty()) return 0;
  std::vector<Move> moves;
  moves.swap(queued);
  Communicator& communicator = *moves[0].communicator;
  ++communicator.inside;
  const int code = MoveAll(communicator, std::move(moves));
  --communicator.inside;
  return code;
}

int ncclSend(const void* data, std::size_t count, NcclType type, int peer,
             NcclCommunicator communicator, void*) {
  if (depth == 0 || type != NcclType::kByte) return kInvalidUsage;
  return Queue({static_cast<Communicator*>(communicator), peer, true,
                static_cast<char*>(const_cast<void*>(data)), count});
}

int ncclRecv(void* data, std::size_t count, NcclType type, int peer, NcclCommunicator communicator,
             void*) {
  if (depth == 0 || type != NcclType::kByte) return kInvalidUsage;
  return Queue(
      {static_cast<Communicator*>(communicator), peer, false, static_cast<char*>(data), count});
}

int ncclAllGather(const void* own, void* all, std::size_t count, NcclType type,
                  NcclCommunicator communicator, void* stream) {
  const auto* group = static_cast<Communicator*>(communicator);
  auto* parts = static_cast<char*>(all);
  int failure = ncclGroupStart();
  for (int peer = 0; peer < static_cast<int>(group->peers.size()); ++peer) {
    char* part = parts + static_cast<std::size_t>(peer) * count;
    if (peer == group->rank) {
      std::memcpy(part, own, count);
      continue;
    }
    if (failure == 0) failure = ncclSend(own, count, type, peer, communicator, stream);
    if (failure == 0) failure = ncclRecv(part, count, type, peer, communicator, stream);
  }
  const int ended = ncclGroupEnd();
  return failure != 0 ? failure : ended;
}

int ncclAllReduce(const void*, void*, std::size_t, NcclType, NcclOperation, NcclCommunicator,
                  void*) {
  return kInvalidUsage;
}

const char* ncclGetErrorString(int code) {
  switch (code) {
    case kSystemError:
      return "unhandled system error (imitated)";
    case kInvalidUsage:
      return "invalid usage (imitated)";
    case kRemoteError:
      return "remote process exited or there was a network error (imitated)";
    default:
      return "no error (imitated)";
  }
}

}  // extern "C"
