#include "trainer/model/device.h"

#include <dlfcn.h>

#include "runner/model/local_model.h"
#include "trainer/model/tensors.h"

namespace assay {

Result<std::string> ParseLearnerDevice(const std::string& text, int local_rank) {
  if (text == "cuda") return fmt::format("cuda:{}", local_rank);
  if (const auto choice = ParseDevice(text); choice && choice->gpus.size() <= 1) {
    return choice->gpus.empty() ? text : fmt::format("cuda:{}", choice->gpus[0]);
  }
  return Fail(ErrorCode::kInput, "device is \"{}\": expected cpu, cuda or cuda:INDEX", text);
}

Result<void> UseDevice(const std::string& device) {
  if (device == "cpu") return {};
  // The CPU part alone is linked: the other one registers itself with it when it is loaded.
  if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return Fail(ErrorCode::kUnavailable, "device {}: LibTorch's CUDA part cannot be loaded: {}",
                device, ::dlerror());
  }
  try {
    const auto count = static_cast<int>(at::detail::getCUDAHooks().deviceCount());
    const int index = at::Device(device).index();
    if (count == 0) {
      return Fail(ErrorCode::kUnavailable, "device {}: LibTorch finds no GPU (see nvidia-smi)",
                  device);
    }
    if (index >= count) {
      return Fail(ErrorCode::kUnavailable, "device {}: LibTorch finds {} GPU{} only", device, count,
                  count == 1 ? "" : "s");
    }
  } catch (const c10::Error& error) {
    return Fail(ErrorCode::kUnavailable, "device {}: {}", device, error.what_without_backtrace());
  }
  return {};
}

}  // namespace assay
