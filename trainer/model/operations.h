// trainer/model/operations.h -- Differentiable operations that autograd has no good form of.
// Internal to trainer/model: it shows tensors.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "trainer/model/packed_batch.h"
#include "trainer/model/tensors.h"

namespace assay {

// Causal attention over packed segments: q [tokens, heads, head_dim]; k, v [tokens, kv_heads,
// head_dim]; the result has q's shape; in fp32 it is the sampler's, bit by bit. `segments` must
// outlive the backward pass.
at::Tensor PackedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const std::vector<Segment>& segments, double scale);
// The same with plain tensor operations, one segment at a time: the slow truth, for any device.
at::Tensor PlainAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          const std::vector<Segment>& segments, double scale);

struct HeadOutput {
  at::Tensor logps;       // [n] of `predicted` under softmax(hidden weight^T / temperature)
  at::Tensor entropies;   // [n] of that distribution
  at::Tensor teacher_kl;  // [n] KL(teacher || that distribution); undefined without a teacher
};
// Another model's last hidden states of the same rows and its output matrix of as many rows.
struct TeacherHead {
  at::Tensor hidden, weight;
};
struct HeadOptions {
  double temperature = 1;
  std::int64_t chunk = 1024;     // rows whose logits exist at once
  std::int64_t vocabulary = 0;   // tokens from here on have no probability; 0: all of them have
  bool sampler_kernels = false;  // fp32 on the CPU: logps are the sampler's, bit by bit
};
// hidden_ND, weight_VD, predicted_N (int64). Keeps no logits: the backward pass computes them
// again. The teacher gets no gradient.
HeadOutput ChunkedHead(const at::Tensor& hidden_ND, const at::Tensor& weight_VD,
                       const at::Tensor& predicted_N, const HeadOptions& options,
                       const TeacherHead& teacher = {});

// f(x) whose inner results are thrown away and computed again in the backward pass. Parameters that
// f uses get their gradients added. `f` must outlive the backward pass.
using TensorFunction = std::function<at::Tensor(const at::Tensor&)>;
at::Tensor Recomputed(const TensorFunction& f, const at::Tensor& x);

}  // namespace assay
