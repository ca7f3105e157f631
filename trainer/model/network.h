// trainer/model/network.h -- The transformer in tensor operations, on packed batches.
// Internal to trainer/model: it shows tensors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/transformer/kernels/rope.h"
#include "trainer/model/learner.h"
#include "trainer/model/operations.h"

namespace assay {

// y = x W^T + b, plus scale * (x A^T) B^T where it is adapted. Undefined tensors are absent.
struct LinearWeights {
  at::Tensor weight, bias, lora_a, lora_b;
  double lora_scale = 0;
};

struct LayerTensors {
  at::Tensor attention_norm, mlp_norm, query_norm, key_norm;
  LinearWeights query, key, value, output, gate, up, down;
};

// Weights by role, all of them leaves of the graph.
struct NetworkTensors {
  at::Tensor embedding, final_norm, head;  // head is the embedding where they are tied
  at::Tensor value_weight, value_bias;     // undefined without a value head
  std::vector<LayerTensors> layers;
};

class Network {
 public:
  Network(const ModelConfig& config, const LearnerOptions& options, NetworkTensors tensors);

  struct Output {
    HeadOutput head;
    at::Tensor values;  // undefined without a value head
  };
  // `batch` must outlive the output's graph.
  Output Forward(const PackedBatch& batch, double temperature, const TeacherHead& teacher = {});
  // What the head of another network needs to compare itself with this one.
  TeacherHead AsTeacher(const PackedBatch& batch);

 private:
  // Hidden states that predict the response tokens, normed for the head.
  at::Tensor FinalHidden(const PackedBatch& batch);
  struct Rotation {
    at::Tensor cos, sin;  // [tokens, 1, rotary_dim / 2]
  };
  Rotation RotationOf(const PackedBatch& batch);
  at::Tensor Product(const LinearWeights& weights, const at::Tensor& x) const;
  at::Tensor Gate(const at::Tensor& gate, const at::Tensor& up) const;
  at::Tensor Rotate(const at::Tensor& x, const Rotation& rotation) const;
  at::Tensor Norm(const at::Tensor& x, const at::Tensor& weight) const;
  at::Tensor Layer(const LayerTensors& layer, const at::Tensor& x, const PackedBatch& batch,
                   const Rotation& rotation) const;

  ModelConfig config_;
  LearnerOptions options_;
  NetworkTensors tensors_;
  // Whether operations are the sampler's, bit by bit (kernel_operations.h): fp32 on the CPU.
  bool kernels_;
  kernels::RopeTable rope_;
  std::vector<TensorFunction> layer_functions_;  // of the forward pass in progress
};

}  // namespace assay
