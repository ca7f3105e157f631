// trainer/stages/shared_rollout.h -- A rollout whose groups are drawn and judged by all processes,
// each its share; afterwards every process holds all of them.
//
// Samples are small beside gradients, and with all of them in hand every process computes the same
// advantages, metrics and next problems: nothing of a step depends on the number of processes.
#pragma once

#include <string>
#include <string_view>

#include "trainer/distributed/group.h"
#include "trainer/stages/rollout.h"

namespace assay {

// Like RollOut. A failure of one process is that of all.
Result<Rollout> SharedRollOut(Model& model, const RolloutPlan& plan, const TrainConfig& config,
                              ProcessGroup& group);

// The samples of groups as bytes of this kind of machine, and back; false where they are cut off.
std::string PackSamples(const std::vector<RolloutGroup>& groups);
bool UnpackSamples(std::string_view bytes, std::vector<RolloutGroup>& groups);

}  // namespace assay
