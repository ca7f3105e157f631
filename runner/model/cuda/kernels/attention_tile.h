// runner/model/cuda/kernels/attention_tile.h -- One warp's 16 rows against kKeys positions whose
// keys and values lie in shared memory: products by the matrix units, running maxima and sums (Dao
// et al. 2022). Rows of queries, keys and values are padded with zeros from head_dim to kDim. T is
// Bf16 or Half.
#pragma once

#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/tile.h"

namespace assay::cuda {

// Elements from one row in shared memory to the next: keeps a warp's reads from clashing.
template <int kDim>
inline constexpr int kTileStride = kDim + 8;

// What a lane holds of its warp's 16 rows: row g = lane / 4 and row g + 8.
template <int kDim>
struct TileRows {
  float out[kDim / 8][4] = {};      // columns 8n + 2t and the next of row g, then of row g + 8
  float max[2] = {-1e30F, -1e30F};  // finite: rows that see nothing stay free of NaNs
  float sum[2] = {};
};

// The largest, or sum, over the four lanes that hold a row.
__device__ inline float RowMax(float x) {
  for (unsigned apart = 2; apart > 0; apart /= 2) {
    const float other = __shfl_xor_sync(kAllLanes, x, apart);
    x = other > x ? other : x;
  }
  return x;
}
__device__ inline float RowSum(float x) {
  for (unsigned apart = 2; apart > 0; apart /= 2) x += __shfl_xor_sync(kAllLanes, x, apart);
  return x;
}

// The positions that the lane's two rows see; none where last is -1.
struct Seen {
  std::int64_t first[2];
  std::int64_t last[2];
};

// scores = scaled queries * keys of positions [start, start + kKeys), -infinity where a row does
// not see the position. kLimited: seen.first and the cap of `a` are looked at.
template <class T, int kDim, int kKeys, bool kLimited>
__device__ void TileScores(const AttentionArgs<T>& a, const T* queries, const T* keys,
                           std::int64_t start, const Seen& seen, float (&scores)[kKeys / 8][4]) {
  const unsigned lane = threadIdx.x % kWarp;
  for (int n = 0; n < kKeys / 8; ++n) {
    for (int i = 0; i < 4; ++i) scores[n][i] = 0;
  }
  for (int k = 0; k < kDim; k += 16) {
    std::uint32_t left[4];
    LoadLeft(queries + k, kTileStride<kDim>, left);
    for (int n = 0; n < kKeys / 8; ++n) {
      std::uint32_t right[2];
      LoadRightTransposed(keys + n * 8 * kTileStride<kDim> + k, kTileStride<kDim>, right);
      MultiplyTile(scores[n], left, right, T{});
    }
  }
  for (int n = 0; n < kKeys / 8; ++n) {
    for (int i = 0; i < 4; ++i) {
      const std::int64_t t = start + n * 8 + lane % 4 * 2 + i % 2;
      float score = scores[n][i] * a.scale;
      if (kLimited && a.cap > 0) score = Capped(score, a.cap);
      const bool visible = t <= seen.last[i / 2] && (!kLimited || t >= seen.first[i / 2]);
      scores[n][i] = visible ? score : -INFINITY;
    }
  }
}

// Turns scores into weights against the new maxima and shrinks what was summed before.
template <int kDim, int kKeys>
__device__ void TileWeigh(float (&scores)[kKeys / 8][4], TileRows<kDim>& rows) {
  for (int half = 0; half < 2; ++half) {
    float largest = rows.max[half];
    for (int n = 0; n < kKeys / 8; ++n) {
      for (int i = 2 * half; i < 2 * half + 2; ++i) {
        largest = scores[n][i] > largest ? scores[n][i] : largest;
      }
    }
    largest = RowMax(largest);
    const float shrink = Exp(rows.max[half] - largest);
    float sum = 0;
    for (int n = 0; n < kKeys / 8; ++n) {
      for (int i = 2 * half; i < 2 * half + 2; ++i) {
        scores[n][i] = Exp(scores[n][i] - largest);
        sum += scores[n][i];
      }
    }
    rows.max[half] = largest;
    rows.sum[half] = rows.sum[half] * shrink + RowSum(sum);
    for (int n = 0; n < kDim / 8; ++n) {
      rows.out[n][2 * half] *= shrink;
      rows.out[n][2 * half + 1] *= shrink;
    }
  }
}

template <class T, int kDim, int kKeys>
__device__ void TileAddValues(const float (&weights)[kKeys / 8][4], const T* values,
                              TileRows<kDim>& rows) {
  for (int k = 0; k < kKeys / 16; ++k) {
    std::uint32_t left[4];
    for (int i = 0; i < 4; ++i) {
      const float* pair = weights[2 * k + i / 2] + i % 2 * 2;
      left[i] = Pack(FromFloat<T>(pair[0]), FromFloat<T>(pair[1]));
    }
    for (int n = 0; n < kDim / 8; ++n) {
      std::uint32_t right[2];
      LoadRight(values + k * 16 * kTileStride<kDim> + n * 8, kTileStride<kDim>, right);
      MultiplyTile(rows.out[n], left, right, T{});
    }
  }
}

}  // namespace assay::cuda
