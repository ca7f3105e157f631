#include "runner/model/local_flags.h"

#include <utility>

namespace assay {

Result<LocalModelOptions> ReadLocalFlags(const LocalFlags& flags) {
  LocalModelOptions options;
  options.threads = flags.threads;
  options.deterministic = flags.deterministic;
  options.memory_bytes = flags.memory_mb << 20;
  if (!flags.device.empty()) {
    auto device = ParseDevice(flags.device);
    if (!device) return Within("--device", device.error());
    options.device = device->device;
    options.gpus = std::move(device->gpus);
  }
  options.gpu_shares = static_cast<std::size_t>(flags.tensor_parallel);
  if (options.gpu_shares > 1 && options.gpus.size() < 2) {
    return Fail(ErrorCode::kUsage, "--tensor-parallel: needs several GPUs (--device cuda:0,1)");
  }
  options.weights = DefaultWeights(options.device);
  if (!flags.dtype.empty()) {
    const auto weights = ParseWeightType(flags.dtype);
    if (!weights) return Within("--dtype", weights.error());
    options.weights = *weights;
  }
  return options;
}

const char* FlagForLocalModels(const LocalFlags& flags) {
  if (!flags.dtype.empty()) return "--dtype";
  if (!flags.device.empty()) return "--device";
  if (flags.tensor_parallel > 1) return "--tensor-parallel";
  if (flags.deterministic) return "--deterministic";
  if (flags.memory_mb > 0) return "--memory-mb";
  return nullptr;
}

}  // namespace assay
