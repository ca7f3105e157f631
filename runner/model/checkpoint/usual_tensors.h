// runner/model/checkpoint/usual_tensors.h -- The weights of any checkpoint under the names, in the
// shapes and with the meaning that everybody after it expects.
#pragma once

#include <memory>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"

namespace assay {

// `source` with: the names of a text model, where it holds one of text and images; projections one
// by one (fused_tensors.h); and 1 added to its norms, where `config` says that they are stored
// without. The source itself where nothing is to be done.
std::shared_ptr<const TensorSource> UsualTensors(std::shared_ptr<const TensorSource> source,
                                                 const ModelConfig& config);

}  // namespace assay
