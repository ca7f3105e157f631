#include "base/nccl.h"

#include <dlfcn.h>

#include <cstdlib>
#include <type_traits>

namespace assay {
namespace {

Result<Nccl> Find(const char* file) {
  void* library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Fail(ErrorCode::kUnavailable,
                "{} cannot be loaded: name the file of NCCL 2 in ASSAY_NCCL ({})", file,
                ::dlerror());
  }
  Nccl nccl{};
  const char* missing = nullptr;
  const auto find = [&](const char* name, auto& function) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    if (function == nullptr) missing = name;
  };
  find("ncclGetUniqueId", nccl.GetUniqueId);
  find("ncclCommInitRank", nccl.CommInitRank);
  find("ncclCommInitAll", nccl.CommInitAll);
  find("ncclCommDestroy", nccl.CommDestroy);
  find("ncclCommAbort", nccl.CommAbort);
  find("ncclCommGetAsyncError", nccl.CommGetAsyncError);
  find("ncclGroupStart", nccl.GroupStart);
  find("ncclGroupEnd", nccl.GroupEnd);
  find("ncclSend", nccl.Send);
  find("ncclRecv", nccl.Recv);
  find("ncclAllGather", nccl.AllGather);
  find("ncclAllReduce", nccl.AllReduce);
  find("ncclGetErrorString", nccl.GetErrorString);
  if (missing != nullptr) {
    return Fail(ErrorCode::kUnavailable, "{} is no NCCL that can be used: it has no {}", file,
                missing);
  }
  return nccl;
}

}  // namespace

Result<const Nccl*> Nccl::Load() {
  static const Result<Nccl> loaded = [] {
    const char* named = std::getenv("ASSAY_NCCL");
    return Find(named == nullptr || *named == '\0' ? "libnccl.so.2" : named);
  }();
  if (!loaded) return Pass(loaded.error());
  return &*loaded;
}

Result<void> Nccl::Check(int code, const std::string& what) const {
  if (code == 0) return {};
  return Fail(ErrorCode::kUnavailable, "{}: NCCL: {}", what, GetErrorString(code));
}

}  // namespace assay
