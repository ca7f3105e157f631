// runner/model/cuda/weights.h -- A model's weights on the GPU.
#pragma once

#include <cstdint>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/cuda/device.h"
#include "runner/model/cuda/platform/numbers.h"

namespace assay::cuda {

// Arrays are empty where the architecture has none.
template <class T>
struct LayerWeights {
  DeviceArray<float> attention_norm;         // [hidden]
  DeviceArray<float> mlp_norm;               // [hidden]
  DeviceArray<float> attention_output_norm;  // [hidden]
  DeviceArray<float> mlp_output_norm;        // [hidden]
  DeviceArray<float> query_norm;             // [head_dim]
  DeviceArray<float> key_norm;               // [head_dim]
  DeviceArray<T> qkv;                        // rows of queries, keys, values one after the other
  DeviceArray<float> qkv_bias;
  DeviceArray<T> output;
  DeviceArray<float> output_bias;
  DeviceArray<T> gate_up;  // rows of gates, then those of ups
  DeviceArray<float> gate_up_bias;
  DeviceArray<T> down;
  DeviceArray<float> down_bias;
};

template <class T>
struct Weights {
  std::vector<LayerWeights<T>> layers;
  DeviceArray<float> final_norm;
  DeviceArray<T> embedding;
  DeviceArray<T> head;  // empty where the embedding is the head
};

// What they take on the GPU.
std::int64_t WeightBytes(const ModelConfig& config, std::size_t bytes_of_number);

// Without `with_head` a head of its own is left out. Fills `weights`, rounding to T; arrays that
// are there already keep their places (graphs know them). kInput naming the tensor that is missing
// or misshapen.
template <class T>
Result<void> LoadWeights(const ModelConfig& config, const TensorSource& source, Stream& stream,
                         bool with_head, Weights<T>& weights);

}  // namespace assay::cuda
