// trainer/model/kernel_operations.h -- The network's operations by the sampler's kernels: fp32 on
// the CPU. Every value is, bit for bit, the one that runner/model/transformer computes of the same
// row, whatever is packed beside it. Gradients are those of tensor operations.
// Internal to trainer/model: it shows tensors.
#pragma once

#include "runner/model/transformer/kernels/linear.h"
#include "trainer/model/tensors.h"

namespace assay {

// Weights [outputs, inputs] in the kernels' order. Packing costs about as much as a few rows, in
// memory that the next weight of this shape takes over.
class PackedWeight {
 public:
  explicit PackedWeight(const at::Tensor& weight_OI);
  // x [rows, inputs] W^T. Records no graph.
  at::Tensor Product(const at::Tensor& x) const;

 private:
  at::Tensor memory_;
  kernels::PackedMatrix packed_;
};

// A weight with its adapter, as checkpoints and the sampler have it: W + scale * B A.
at::Tensor MergedWeight(const at::Tensor& weight, const at::Tensor& lora_a,
                        const at::Tensor& lora_b, double scale);

// x [rows, inputs] (W + scale * B A)^T; undefined `lora_a` and `lora_b`: x W^T.
at::Tensor KernelProduct(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& lora_a,
                         const at::Tensor& lora_b, double scale);
// RMSNorm over the last dimension.
at::Tensor KernelNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon);
// Rotary positions: x [tokens, heads, head_dim]; cos and sin [tokens, 1, rotary_dim / 2].
at::Tensor KernelRotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);
// silu(gate) * up
at::Tensor KernelSwiGlu(const at::Tensor& gate, const at::Tensor& up);

// Of each row of logits: the log-probability of `predicted` as the sampler tells it, and the
// entropy. `logps` and `entropies` are contiguous and are written to.
void KernelDistribution(const at::Tensor& logits, const at::Tensor& predicted, double temperature,
                        const at::Tensor& logps, const at::Tensor& entropies);

// Writes over rows of logits the gradient of sum(by_logp * logp + by_entropy * entropy) with regard
// to them. The others hold one number a row: of `predicted`, and the entropies that
// KernelDistribution told. Undefined `by_entropy`: zeros.
void KernelDistributionGradient(const at::Tensor& logits, const at::Tensor& predicted,
                                double temperature, const at::Tensor& entropies,
                                const at::Tensor& by_logp, const at::Tensor& by_entropy);

}  // namespace assay
