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
// head_dim]; the result has q's shape. `segments` must outlive the backward pass.
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
// hidden_ND, weight_VD, predicted_N (int64). Works on `chunk` rows at a time and keeps no logits:
// the backward pass computes them again. The teacher gets no gradient.
HeadOutput ChunkedHead(const at::Tensor& hidden_ND, const at::Tensor& weight_VD,
                       const at::Tensor& predicted_N, double temperature, std::int64_t chunk,
                       const TeacherHead& teacher = {});

// f(x) whose inner results are thrown away and computed again in the backward pass. Parameters that
// f uses get their gradients added. `f` must outlive the backward pass.
using TensorFunction = std::function<at::Tensor(const at::Tensor&)>;
at::Tensor Recomputed(const TensorFunction& f, const at::Tensor& x);

}  // namespace assay
