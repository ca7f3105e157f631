// runner/model/cuda/kernels/sample.h -- Draws tokens from logits on the GPU. Its CPU reference is
// Sampler (runner/model/decode/sampler.h), whose header says what is drawn.
//
// Maximum, exponentials and their sums have the bits of the CPU's (softmax.h), so that without cuts
// the same logits give the same token. With cuts, masses are compared as integers of 2^-40 and kept
// weights are added by blocks of 512: a draw can differ from the CPU's where a border falls within
// such rounding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::cuda {

struct DrawRow {
  const float* logits = nullptr;
  double uniform = 0;             // in [0, 1)
  double top_p = 1;               // 1: off
  float inverse_temperature = 1;  // 1 where greedy
  float min_p = 0;                // 0: off
  std::int32_t top_k = 0;         // 0: off
  std::int32_t greedy = 0;        // 1: the largest logit, lowest id first
};

struct DrawnToken {
  std::int32_t id = -1;  // -1: the logits are not finite
  float logprob = 0;
};

// Bytes of memory that DrawTokens works in.
std::size_t DrawRoomBytes(std::int64_t count, std::int64_t vocabulary);

// A draw for each of `count` rows, from the first `vocabulary` logits. `room`: DrawRoomBytes,
// aligned to 8.
void DrawTokens(void* stream, const DrawRow* rows, std::int64_t count, std::int64_t vocabulary,
                void* room, DrawnToken* out);

}  // namespace assay::cuda
