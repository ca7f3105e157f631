#include "trainer/model/threads.h"

#include "base/thread_pool.h"
#include "trainer/model/tensors.h"

namespace assay {

void SetTrainingThreads(std::size_t threads) {
  at::set_num_threads(static_cast<int>(threads == 0 ? UsableThreads() : threads));
}

std::size_t TrainingThreads() { return static_cast<std::size_t>(at::get_num_threads()); }

}  // namespace assay
