// runner/model/transformer/weights.h -- A model's weights, packed for the kernels.
#pragma once

#include <memory>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/transformer/kernels/linear.h"
#include "runner/model/transformer/thread_team.h"

namespace assay {

// Vectors are empty where the architecture has none. Biases are padded to whole panels and in the
// order of their matrix.
struct LayerWeights {
  std::vector<float> attention_norm;         // [hidden]
  std::vector<float> mlp_norm;               // [hidden]
  std::vector<float> attention_output_norm;  // [hidden]
  std::vector<float> mlp_output_norm;        // [hidden]
  std::vector<float> query_norm;             // [head_dim]
  std::vector<float> key_norm;               // [head_dim]
  kernels::PackedMatrix qkv;                 // queries, keys, values one after the other
  std::vector<float> qkv_bias;
  kernels::PackedMatrix output;
  std::vector<float> output_bias;
  kernels::PackedMatrix gate_up;  // panels of 16 gates and 16 ups, see kernels/activation.h
  std::vector<float> gate_up_bias;
  kernels::PackedMatrix down;
  std::vector<float> down_bias;
};

struct Weights {
  std::vector<LayerWeights> layers;
  std::vector<float> final_norm;
  kernels::PackedMatrix head;
  const StoredTensor* embedding = nullptr;  // rows are read where they are stored

  std::int64_t bytes() const;  // of the packed matrices
};

// What Weights::bytes() will be, known before anything is read. `source` matters for int4 only,
// which holds what is stored in 4 bits and packs the rest as int8.
std::int64_t PackedBytes(const ModelConfig& config, kernels::WeightFormat format,
                         const TensorSource& source);

// Packs everything with the team's threads, over what `out` holds of the same model. kInput naming
// the tensor that is missing or misshapen, kUsage where int4 is wanted and nothing is stored so:
// then `out` is of no use. `source` must outlive the weights.
Result<void> LoadWeights(const ModelConfig& config, const TensorSource& source,
                         kernels::WeightFormat format, ThreadTeam& team, Weights& out);

}  // namespace assay
