#include "trainer/model/device.h"

#include <dlfcn.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "trainer/model/tensors.h"

namespace assay {
namespace {

constexpr std::string_view kCuda = "cuda";

std::optional<int> IndexIn(std::string_view text) {
  int index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && index >= 0 ? std::optional(index) : std::nullopt;
}

}  // namespace

Result<std::string> ParseLearnerDevice(const std::string& text, int local_rank) {
  if (text == "cpu") return text;
  if (text == kCuda) return fmt::format("cuda:{}", local_rank);
  if (text.starts_with("cuda:")) {
    if (const auto index = IndexIn(std::string_view(text).substr(kCuda.size() + 1))) {
      return fmt::format("cuda:{}", *index);
    }
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
