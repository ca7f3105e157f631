// trainer/model/attention.h -- Causal attention over packed segments, forward and backward.
//
// A segment's token attends to all of its prefix segment and to its own segment up to itself. Keys
// and values of a prompt are used in place by all its responses; nothing is padded. Sums run in a
// fixed order that depends on nothing but the segment itself, so a token's result does not depend
// on what else is packed.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "trainer/model/packed_batch.h"

namespace assay {

struct AttentionShape {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  double scale = 1;  // of the scores, before softmax
};

// Row-major: q, out, grad_out, grad_q [tokens, heads, head_dim]; k, v, grad_k, grad_v [tokens,
// kv_heads, head_dim]; log_sum [tokens, heads] is log sum exp(score). The grads are overwritten.
// Prefixes must be segments without prefix that stand before their users (as Pack makes them).
void AttentionForward(const AttentionShape& shape, std::span<const Segment> segments,
                      const double* q, const double* k, const double* v, double* out,
                      double* log_sum, std::size_t threads);
// In fp32 by the sampler's kernel: `out` is, bit by bit, what runner/model/transformer computes.
void AttentionForward(const AttentionShape& shape, std::span<const Segment> segments,
                      const float* q, const float* k, const float* v, float* out, float* log_sum,
                      std::size_t threads);

void AttentionBackward(const AttentionShape& shape, std::span<const Segment> segments,
                       std::int64_t tokens, const double* q, const double* k, const double* v,
                       const double* out, const double* log_sum, const double* grad_out,
                       double* grad_q, double* grad_k, double* grad_v, std::size_t threads);
void AttentionBackward(const AttentionShape& shape, std::span<const Segment> segments,
                       std::int64_t tokens, const float* q, const float* k, const float* v,
                       const float* out, const float* log_sum, const float* grad_out, float* grad_q,
                       float* grad_k, float* grad_v, std::size_t threads);

// Segments from one without prefix up to the next, as pairs of the first and the one after the
// last: they alone share keys.
std::vector<std::pair<std::size_t, std::size_t>> FamiliesOf(std::span<const Segment> segments);
// The segment's prefix; an empty segment where it has none.
Segment PrefixOf(std::span<const Segment> segments, const Segment& segment);
// The most keys that one token of a family (of any such pair) sees.
std::int64_t LongestReach(std::span<const Segment> segments,
                          std::pair<std::size_t, std::size_t> family);

}  // namespace assay
