// runner/model/cuda/kernels/attention_join.h -- How results over stretches of positions become one.
//
// A piece is what attention over some positions gave for one row and head: the largest score, the
// sum of weights relative to it, two floats that nobody reads, then head_dim unnormalised sums. It
// is aligned to 16 bytes.
#pragma once

#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/math.h"

namespace assay::cuda {

struct alignas(16) Four {
  float at[4];
};

__device__ inline Four LoadFour(const float* from) { return *reinterpret_cast<const Four*>(from); }

struct Joined {
  float max;
  float sum;
  Four sums;  // columns d to d + 3
};

// Joins `count` pieces, `stride` floats apart, in their order.
__device__ inline Joined JoinPieces(const float* pieces, std::int64_t stride, std::int64_t count,
                                    std::int64_t d) {
  Joined all{-INFINITY, 0, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const float max = pieces[i * stride];
    all.max = max > all.max ? max : all.max;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const Four header = LoadFour(pieces + i * stride);
    const Four sums = LoadFour(pieces + i * stride + kPieceHeader + d);
    const float factor = Exp(header.at[0] - all.max);
    all.sum = fmaf(header.at[1], factor, all.sum);
    for (int j = 0; j < 4; ++j) all.sums.at[j] = fmaf(sums.at[j], factor, all.sums.at[j]);
  }
  return all;
}

template <class T>
__device__ void StoreQuotients(const Joined& joined, T* out) {
  for (int j = 0; j < 4; ++j) out[j] = FromFloat<T>(joined.sums.at[j] / joined.sum);
}

// The piece of stretch `split` for the call's row `index` and `head`.
template <class T>
__device__ float* Piece(const AttentionArgs<T>& a, const DecodeRoom& room, std::int64_t index,
                        std::int64_t head, std::int64_t split, std::int64_t splits) {
  return room.partial + ((index * a.heads + head) * splits + split) * (a.head_dim + kPieceHeader);
}

// The last block to come here of those that computed stretches of `queries` heads from `head` on
// joins them. All threads of the block must come; `flag` is shared memory that nobody else uses.
template <class T>
__device__ void JoinWhenLast(const AttentionArgs<T>& a, const DecodeRoom& room, std::int64_t index,
                             std::int64_t head, std::int64_t queries, std::int64_t splits,
                             std::int32_t* flag) {
  const std::int64_t row = a.first_row + index;
  const std::int64_t first = FirstSeen(a, a.positions[row]) / kSplit;
  const std::int64_t used = SplitsFor(a.positions[row] + 1) - first;
  __threadfence();  // this block's pieces, before its arrival
  __syncthreads();
  if (threadIdx.x == 0) {
    std::int32_t* arrived = room.arrived + index * a.heads + head;
    const bool last = atomicAdd(arrived, 1) == used - 1;
    if (last) *arrived = 0;
    *flag = last ? 1 : 0;
  }
  __syncthreads();
  if (*flag == 0) return;
  __threadfence();  // the others' arrivals, before their pieces
  const auto fours = static_cast<unsigned>(a.head_dim / 4);
  for (unsigned i = threadIdx.x; i < queries * fours; i += blockDim.x) {
    const std::int64_t query = head + i / fours;
    const std::int64_t d = i % fours * 4;
    StoreQuotients(
        JoinPieces(Piece(a, room, index, query, first, splits), a.head_dim + kPieceHeader, used, d),
        a.out + (row * a.heads + query) * a.head_dim + d);
  }
}

}  // namespace assay::cuda
