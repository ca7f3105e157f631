// runner/model/local_flags.h -- What users say of a local model, as words and numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "runner/model/local_model.h"

namespace assay {

struct LocalFlags {
  std::string dtype;           // "f32", "bf16", "int8", …; "": f32, on a GPU bf16
  std::string device;          // "cpu", "cuda", "cuda:0,1"; "": cpu
  int tensor_parallel = 1;     // GPUs that hold one replica together
  bool deterministic = false;  // see LocalModelOptions
  std::int64_t memory_mb = 0;  // 0: what is available
  std::size_t threads = 0;     // 0: all this process may use
};

// kUsage naming the flag that is wrong.
Result<LocalModelOptions> ReadLocalFlags(const LocalFlags& flags);

// The flag that is given although it is for local models only; null where none is.
const char* FlagForLocalModels(const LocalFlags& flags);

}  // namespace assay
