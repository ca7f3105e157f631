// runner/model/checkpoint/fused_tensors.h -- Checkpoints that keep several projections in one
// tensor, as the Phi-3 family does, under the names that everybody else uses.
#pragma once

#include <memory>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"

namespace assay {

// `source` itself, or, where its first layer has a "self_attn.qkv_proj.weight", a source that shows
// the rows of that tensor as q_proj, k_proj and v_proj and those of "mlp.gate_up_proj.weight" as
// gate_proj and up_proj. Tensors whose shape does not fit `config` are shown as they are stored,
// and refused where they are asked for by shape.
std::shared_ptr<const TensorSource> SplitFused(std::shared_ptr<const TensorSource> source,
                                               const ModelConfig& config);

}  // namespace assay
