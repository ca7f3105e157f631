// runner/model/local_model.h -- A checkpoint on this machine's CPU or GPU as a Model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/model.h"
#include "runner/model/tokenizer/tokenizer.h"
#include "runner/model/weight_type.h"

namespace assay {

enum class Device { kCpu, kCuda };
struct DeviceChoice {
  Device device = Device::kCpu;
  std::vector<int> gpus;  // indices, all different
};
// "cpu", "cuda" (the first GPU), "cuda:1" and "cuda:0,1,2,3". kUsage naming what there is.
Result<DeviceChoice> ParseDevice(const std::string& name);
// What weights are held as where nobody says.
constexpr WeightType DefaultWeights(Device device) {
  return device == Device::kCuda ? WeightType::kBf16 : WeightType::kF32;
}

struct LocalModelOptions {
  Device device = Device::kCpu;
  // The GPUs to use; empty: the first. Each `gpu_shares` of them in a row hold one replica of the
  // model together; replicas share the requests. Batch, cache and memory are each GPU's.
  std::vector<int> gpus;
  std::size_t gpu_shares = 1;
  WeightType weights = WeightType::kF32;
  // On a GPU: a sample depends on nothing but itself, at some cost. On the CPU it never does.
  bool deterministic = false;
  std::size_t threads = 0;        // 0: all that this process may use
  std::int64_t batch = 64;        // samples in work at once, 1 to 128 (CPU) or 512 (GPU)
  std::int64_t cache_bytes = 0;   // for keys and values; 0: see PlanMemory
  std::int64_t memory_bytes = 0;  // for all of it; 0: what is available
  // Jinja source instead of the model's own template; empty: its own.
  std::filesystem::path chat_template;
};

// A checkpoint's parts, for callers that have them in memory (the trainer, tests).
struct LocalParts {
  ModelConfig config;
  std::shared_ptr<const TensorSource> weights;
  Tokenizer tokenizer;
  std::string chat_template;  // Jinja source, "" if none
  std::string name;
};

// A model whose weights may change between calls of Sample (the trainer's policy).
class LocalModel : public Model {
 public:
  // Takes the weights from their source again, whose numbers have changed.
  virtual Result<void> Reload() = 0;
};

// The parts of a folder, a GGUF file or the bundled default model. One sentence naming file and key
// for whatever is missing, malformed or not implemented.
Result<LocalParts> OpenCheckpoint(const std::string& name);

// Loads MODEL as ResolveModel understands it. kUsage, before anything large is loaded, where it
// does not fit the memory (see memory_plan.h).
Result<std::unique_ptr<Model>> MakeLocalModel(const std::string& name,
                                              const LocalModelOptions& options = {});
Result<std::unique_ptr<LocalModel>> MakeLocalModel(LocalParts parts,
                                                   const LocalModelOptions& options);

}  // namespace assay
