// trainer/model/threads.h -- How many threads a training step may use.
#pragma once

#include <cstddef>

namespace assay {

// For the whole process; call before the first step. 0: all that this process may use.
void SetTrainingThreads(std::size_t threads);
std::size_t TrainingThreads();

}  // namespace assay
