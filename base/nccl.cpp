#include "base/nccl.h"

#include "base/shared_library.h"

namespace assay {
namespace {

Result<Nccl> Find() {
  auto library = SharedLibrary::Open("NCCL 2", "ASSAY_NCCL", "libnccl.so.2");
  if (!library) return Pass(library.error());
  Nccl nccl{};
  library->Find("ncclGetUniqueId", nccl.GetUniqueId)
      .Find("ncclCommInitRank", nccl.CommInitRank)
      .Find("ncclCommInitAll", nccl.CommInitAll)
      .Find("ncclCommDestroy", nccl.CommDestroy)
      .Find("ncclCommAbort", nccl.CommAbort)
      .Find("ncclCommGetAsyncError", nccl.CommGetAsyncError)
      .Find("ncclGroupStart", nccl.GroupStart)
      .Find("ncclGroupEnd", nccl.GroupEnd)
      .Find("ncclSend", nccl.Send)
      .Find("ncclRecv", nccl.Recv)
      .Find("ncclAllGather", nccl.AllGather)
      .Find("ncclAllReduce", nccl.AllReduce)
      .Find("ncclGetErrorString", nccl.GetErrorString);
  if (auto complete = library->Complete(); !complete) return Pass(complete.error());
  return nccl;
}

}  // namespace

Result<const Nccl*> Nccl::Load() {
  static const Result<Nccl> loaded = Find();
  if (!loaded) return Pass(loaded.error());
  return &*loaded;
}

Result<void> Nccl::Check(int code, const std::string& what) const {
  if (code == 0) return {};
  return Fail(ErrorCode::kUnavailable, "{}: NCCL: {}", what, GetErrorString(code));
}

}  // namespace assay
