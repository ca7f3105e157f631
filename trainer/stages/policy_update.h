// trainer/stages/policy_update.h -- The optimizer steps of one rollout step: what old policy,
// reference and value head say of its samples, then epochs over minibatches, over all processes.
//
// Every process holds all groups of the step and works on its share of each minibatch; the divisors
// of the loss are those of the whole minibatch, so neither the number of processes nor the
// micro-batches change anything but rounding.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trainer/distributed/group.h"
#include "trainer/stages/checkpoint.h"
#include "trainer/stages/policy_step.h"

namespace assay {

// What an update works on; all of it outlives the call.
struct Updater {
  const TrainConfig& config;
  Learner& learner;
  Learner* reference;  // null: no KL term
  AdamW& optimizer;
  ProcessGroup& group;
  TrainerState& state;
  std::function<void(const std::string& message)> warn;

  // The gradients that stand become one optimizer step, or none where they are not finite: then
  // nothing changes but state.skipped. Adds "grad_norm" and "learning_rate".
  Result<void> ApplyGradients(Metrics& metrics);
  // Adds the metrics of the last minibatch, of the value head's where there is one, and phase
  // times.
  Result<void> UpdatePolicy(const std::vector<RolloutGroup>& groups,
                            const GroupAdvantages& advantages, Metrics& metrics);
};

}  // namespace assay
