// trainer/model/device.h -- Where a learner computes: the CPU, or a GPU that LibTorch can use.
#pragma once

#include <string>

#include "base/result.h"

namespace assay {

// "cpu", or "cuda:INDEX" for "cuda" (the index is then `local_rank`: one process a GPU) and
// "cuda:INDEX". kInput for anything else.
Result<std::string> ParseLearnerDevice(const std::string& text, int local_rank);

// Loads LibTorch's CUDA part where `device` asks for it. kUnavailable saying what is missing: the
// part itself (with the loader's words), any GPU, or this one.
Result<void> UseDevice(const std::string& device);

}  // namespace assay
