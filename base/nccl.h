// base/nccl.h -- NVIDIA's collectives (NCCL 2), loaded when first wanted: neither building nor
// running elsewhere needs them. What calls them owns communicators, buffers and streams.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace assay {

struct NcclId {
  char bytes[128];
};
using NcclCommunicator = void*;

enum class NcclType : int { kByte = 1, kHalf = 6, kFloat = 7, kDouble = 8, kBf16 = 9 };
enum class NcclOperation : int { kSum = 0 };

// The functions of the library under its own names without "nccl"; each returns 0 where all is
// well. `stream` is a CUDA stream, null for the default one.
struct Nccl {
  int (*GetUniqueId)(NcclId* id);
  int (*CommInitRank)(NcclCommunicator* made, int ranks, NcclId id, int rank);
  int (*CommInitAll)(NcclCommunicator* made, int devices, const int* device_indices);
  int (*CommDestroy)(NcclCommunicator communicator);
  int (*CommAbort)(NcclCommunicator communicator);
  int (*CommGetAsyncError)(NcclCommunicator communicator, int* error);
  int (*GroupStart)();
  int (*GroupEnd)();
  int (*Send)(const void* data, std::size_t count, NcclType type, int peer,
              NcclCommunicator communicator, void* stream);
  int (*Recv)(void* data, std::size_t count, NcclType type, int peer, NcclCommunicator communicator,
              void* stream);
  int (*AllGather)(const void* own, void* all, std::size_t own_count, NcclType type,
                   NcclCommunicator communicator, void* stream);
  int (*AllReduce)(const void* from, void* to, std::size_t count, NcclType type,
                   NcclOperation operation, NcclCommunicator communicator, void* stream);
  const char* (*GetErrorString)(int error);

  // The library that $ASSAY_NCCL names, else libnccl.so.2 where the system has it; loaded once and
  // for good. kUnavailable naming the file. Any thread.
  static Result<const Nccl*> Load();

  // kUnavailable: "`what`: " and the library's words, where `code` is not 0.
  Result<void> Check(int code, const std::string& what) const;
};

}  // namespace assay
