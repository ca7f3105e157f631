// trainer/stages/memory_plan.h -- How much memory a run needs, before it takes any.
//
// Counts what lives at the moment of most: the weights and what belongs to them all the time, and
// of one micro-batch the tensors that the backward pass needs. tests/trainer/memory compares the
// sum with the measured peak of a process.
#pragma once

#include <cstdint>

#include "runner/model/checkpoint/config.h"
#include "trainer/stages/train_config.h"

namespace assay {

// Bytes of one process at its peak, by what needs them.
struct MemoryPlan {
  std::int64_t weights = 0;    // adapters and their merged copies included
  std::int64_t gradients = 0;  // of what is trained
  std::int64_t moments = 0;    // this process' part of them
  std::int64_t reference = 0;  // frozen weights: the KL term's policy, the teacher
  std::int64_t sampler = 0;  // weights packed for decoding, and the keys and values of the samples
  std::int64_t activations = 0;  // of one micro-batch, with the temporaries of the worst moment
  std::int64_t exchange = 0;     // buffers between processes
  std::int64_t total() const {
    return weights + gradients + moments + reference + sampler + activations + exchange;
  }
};

// `processes`: how many share the optimizer's state. `teacher`: the model that loss.logit_kl asks.
MemoryPlan PlanMemory(const ModelConfig& model, const TrainConfig& config, int processes = 1,
                      const ModelConfig* teacher = nullptr);

// What a run of this stage asks a reference policy for.
bool NeedsReference(const TrainConfig& config);

}  // namespace assay
