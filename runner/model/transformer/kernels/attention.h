// runner/model/transformer/kernels/attention.h -- Attention of one position over a paged cache.
//
// Order of sums, independent of who shares the pages and of how they were filled:
//   score[t] = scale * (fma chain over d ascending of q[d] * k[t][d], from 0), soft-capped (see
//   activation.h) where a cap is given; t from the first position that is seen
//   weight[t] = exp(score[t] - max); their sum in 16 lanes (t mod 16, ascending), lanes added
//   8 + 8, 4 + 4, 2 + 2, 1 + 1
//   out[d] = (fma chain over t ascending of weight[t] * v[t][d], from 0) * (1 / sum)
#pragma once

#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

// Numbers of one page for one layer and key/value head.
constexpr std::int64_t PageNumbers(std::int64_t head_dim) {
  return head_dim * kPagePositions + kPagePositions * RoundUp(head_dim, 16);
}

// Puts a position's key and value (head_dim floats each) at place `slot` (0 to 15) of a page. The
// padding of values must be zero beforehand, as in fresh memory.
inline void WriteKeyValue(const float* key, const float* value, std::int64_t head_dim,
                          std::int64_t slot, float* page) {
  for (std::int64_t d = 0; d < head_dim; ++d) page[d * kPagePositions + slot] = key[d];
  float* values = page + head_dim * kPagePositions + slot * RoundUp(head_dim, 16);
  for (std::int64_t d = 0; d < head_dim; ++d) values[d] = value[d];
}
// The same rounded to half floats; what is too large for them becomes infinite.
inline void WriteKeyValue(const float* key, const float* value, std::int64_t head_dim,
                          std::int64_t slot, std::uint16_t* page) {
  constexpr std::int64_t kPiece = 64;
  std::uint16_t rounded[kPiece];
  for (std::int64_t d = 0; d < head_dim; d += kPiece) {
    const std::int64_t count = head_dim - d < kPiece ? head_dim - d : kPiece;
    Kernels().to_half(key + d, count, rounded);
    for (std::int64_t i = 0; i < count; ++i) page[(d + i) * kPagePositions + slot] = rounded[i];
  }
  Kernels().to_half(value, head_dim,
                    page + head_dim * kPagePositions + slot * RoundUp(head_dim, 16));
}

inline void Attend(const AttentionArgs& args) { Kernels().attend(args); }

}  // namespace assay::kernels
