// trainer/stages/memory_plan.h -- How much memory a run needs, before it takes any.
//
// Counts the tensors that live at each of the moments that can be the worst: in a micro-batch's
// forward and backward pass, while the sampler takes the new weights, while a checkpoint is
// written. Large tensors are mapped one by one (trainer/model/tensor_memory.h), so nothing is added
// for holes. A micro-batch is counted as full, all its tokens as response tokens. Not counted: the
// program itself, and the model that answers for `distill`, which has gone when training begins.
// tests/trainer/runs/memory_test.cpp compares the sum with the measured peak of a process.
#pragma once

#include <cstdint>

#include "runner/model/checkpoint/config.h"
#include "trainer/stages/train_config.h"

namespace assay {

// Bytes of one process at its peak, by what needs them.
struct TrainMemory {
  std::int64_t weights = 0;    // adapters and their merged copies included
  std::int64_t gradients = 0;  // of what is trained
  std::int64_t moments = 0;    // this process' part of them
  std::int64_t reference = 0;  // frozen weights: the KL term's policy, the teacher
  std::int64_t sampler = 0;    // weights packed for decoding, its work space, keys and values
  std::int64_t moment = 0;     // what comes and goes, at its most: mostly activations
  std::int64_t exchange = 0;   // buffers between processes
  std::int64_t total() const {
    return weights + gradients + moments + reference + sampler + moment + exchange;
  }
};

// `processes`: how many share the optimizer's state. `teacher`: the model that loss.logit_kl asks.
TrainMemory PlanTraining(const ModelConfig& model, const TrainConfig& config, int processes = 1,
                         const ModelConfig* teacher = nullptr);

// What a run of this stage asks a reference policy for.
bool NeedsReference(const TrainConfig& config);

}  // namespace assay
