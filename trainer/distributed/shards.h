// trainer/distributed/shards.h -- Gradients and parameters between processes: each owns one part of
// the optimizer (ZeRO stage 1), sums the gradients of that part, and hands out what it became.
#pragma once

#include <span>
#include <string>

#include "trainer/distributed/group.h"
#include "trainer/model/adamw.h"
#include "trainer/model/parameters.h"

namespace assay {

// Equal parts; the last ones may be shorter or empty. Everything for a group of one.
Shard OwnShard(const ProcessGroup& group, std::span<const ParameterView> parameters);

// Replaces the gradients of this process' shard by the sums over all processes, in rank order;
// those of other shards are left as they are. Needs about 64 MB, whatever the model's size.
Result<void> SumGradients(ProcessGroup& group, std::span<const ParameterView> parameters);

// The norm of the summed gradients: of the own shard's here, of all by the group.
Result<double> SharedGradientNorm(ProcessGroup& group, std::span<const ParameterView> parameters);

// Brings every process the values that the owners of the other shards have computed.
Result<void> ShareParameters(ProcessGroup& group, std::span<const ParameterView> parameters);

// The moments of all shards in the layout of an optimizer without shards; empty on all processes
// but the first.
Result<std::string> GatherMoments(ProcessGroup& group, std::span<const ParameterView> parameters,
                                  AdamW& optimizer);
// The way back: takes this process' part of such bytes. False when their number does not fit.
bool TakeMoments(std::string_view all, std::span<const ParameterView> parameters, AdamW& optimizer);

}  // namespace assay
