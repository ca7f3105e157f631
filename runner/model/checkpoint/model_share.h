// runner/model/checkpoint/model_share.h -- One part of a model that lies on several GPUs: some of
// the heads and some of the intermediate columns of every layer, so that what the parts add to the
// residual stream sums up to what the whole adds (Shoeybi et al. 2019, section 3). Embedding, norms
// and head are in every part.
#pragma once

#include <memory>
#include <string_view>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"

namespace assay {

// What one of `shares` equal parts looks like. kUsage where heads, key/value heads or intermediate
// columns cannot be dealt out evenly; `name` starts the message.
Result<ModelConfig> ShareConfig(const ModelConfig& whole, std::int64_t shares,
                                std::string_view name);

// Part `share` of `source`, a model of shape `whole`, under the same names. Biases of what is
// summed up are kept whole: they are added once, after the sum. Tensors of another shape than the
// model's are shown as they are, and refused where they are asked for by shape. kUsage where a part
// would begin within a block of quantised weights.
Result<std::shared_ptr<const TensorSource>> ShareTensors(std::shared_ptr<const TensorSource> source,
                                                         const ModelConfig& whole,
                                                         std::int64_t share, std::int64_t shares);

}  // namespace assay
