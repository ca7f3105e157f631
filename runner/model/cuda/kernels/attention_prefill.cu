// One block computes one head of a tile of 64 rows: each warp 16 rows, against 64 positions at a
// time, with running maxima and sums (Dao et al. 2022).
#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/tile.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr int kKeys = 64;  // positions of a tile

// head_dim is padded with zeros to kDim.
template <int kDim>
struct Layout {
  static constexpr int kStride = kDim + 8;
  static constexpr int kTile = kKeys * kStride;  // elements of a tile: queries, keys or values
  static constexpr std::size_t kElements = 3 * kTile;
};

template <class T, int kDim>
__device__ void FetchQueries(const AttentionArgs<T>& a, const PrefillTile& tile, std::int64_t head,
                             T* shared) {
  for (int i = static_cast<int>(threadIdx.x); i < kKeys * kDim / 8; i += kThreads) {
    const int row = i / (kDim / 8);
    const int column = i % (kDim / 8) * 8;
    const bool valid = row < tile.rows && column < a.head_dim;
    const T* from =
        valid ? a.qkv + (tile.first_row + row) * a.row_stride + head * a.head_dim + column : a.qkv;
    CopyAsync16(shared + row * Layout<kDim>::kStride + column, from, valid);
  }
}

// Keys and values of positions [start, start + 64), zeros from `end` on.
template <class T, int kDim>
__device__ void FetchKeys(const AttentionArgs<T>& a, std::int64_t row, std::int64_t kv_head,
                          std::int64_t start, std::int64_t end, T* keys, T* values) {
  for (int i = static_cast<int>(threadIdx.x); i < kKeys * kDim / 8; i += kThreads) {
    const int place = i / (kDim / 8);
    const int column = i % (kDim / 8) * 8;
    const std::int64_t t = start + place;
    const bool valid = t < end && column < a.head_dim;
    const T* from = a.qkv;
    if (valid) {
      from = a.cache.Keys(row, t, kv_head, a.head_dim) + t % kPagePositions * a.head_dim + column;
    }
    const int to = place * Layout<kDim>::kStride + column;
    CopyAsync16(keys + to, from, valid);
    CopyAsync16(values + to, valid ? from + kPagePositions * a.head_dim : from, valid);
  }
}

// What a lane holds of its warp's 16 rows: row g = lane / 4 and row g + 8.
template <int kDim>
struct Rows {
  float out[kDim / 8][4];
  float max[2];
  float sum[2];
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

// scores = scaled queries * keys, -infinity where a row does not see the position.
template <class T, int kDim>
__device__ void Scores(const T* queries, const T* keys, float scale, std::int64_t start,
                       const std::int64_t (&last)[2], float (&scores)[kKeys / 8][4]) {
  const unsigned lane = threadIdx.x % kWarp;
  for (int n = 0; n < kKeys / 8; ++n) {
    for (int i = 0; i < 4; ++i) scores[n][i] = 0;
  }
  for (int k = 0; k < kDim; k += 16) {
    std::uint32_t left[4];
    LoadLeft(queries + k, Layout<kDim>::kStride, left);
    for (int n = 0; n < kKeys / 8; ++n) {
      std::uint32_t right[2];
      LoadRightTransposed(keys + n * 8 * Layout<kDim>::kStride + k, Layout<kDim>::kStride, right);
      MultiplyTile(scores[n], left, right, T{});
    }
  }
  for (int n = 0; n < kKeys / 8; ++n) {
    for (int i = 0; i < 4; ++i) {
      const std::int64_t t = start + n * 8 + lane % 4 * 2 + i % 2;
      scores[n][i] = t <= last[i / 2] ? scores[n][i] * scale : -INFINITY;
    }
  }
}

// Turns scores into weights against the new maxima and shrinks what was summed before.
template <int kDim>
__device__ void Weigh(float (&scores)[kKeys / 8][4], Rows<kDim>& rows) {
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

template <class T, int kDim>
__device__ void AddValues(const float (&weights)[kKeys / 8][4], const T* values, Rows<kDim>& rows) {
  for (int k = 0; k < kKeys / 16; ++k) {
    std::uint32_t left[4];
    for (int i = 0; i < 4; ++i) {
      const float* pair = weights[2 * k + i / 2] + i % 2 * 2;
      left[i] = Pack(FromFloat<T>(pair[0]), FromFloat<T>(pair[1]));
    }
    for (int n = 0; n < kDim / 8; ++n) {
      std::uint32_t right[2];
      LoadRight(values + k * 16 * Layout<kDim>::kStride + n * 8, Layout<kDim>::kStride, right);
      MultiplyTile(rows.out[n], left, right, T{});
    }
  }
}

template <class T, int kDim>
__global__ void __launch_bounds__(kThreads)
    PrefillKernel(AttentionArgs<T> a, const PrefillTile* tiles) {
  const PrefillTile tile = tiles[blockIdx.x];
  const std::int64_t head = blockIdx.y;
  const std::int64_t kv_head = head / (a.heads / a.kv_heads);
  T* queries = reinterpret_cast<T*>(SharedBytes());
  T* keys = queries + Layout<kDim>::kTile;
  T* values = keys + Layout<kDim>::kTile;
  FetchQueries<T, kDim>(a, tile, head, queries);

  const unsigned lane = threadIdx.x % kWarp;
  const int first = static_cast<int>(threadIdx.x / kWarp * 16);  // of the warp's rows in the tile
  std::int64_t last[2];  // position that a row sees last; -1 for rows beyond the tile
  for (int half = 0; half < 2; ++half) {
    const int row = first + static_cast<int>(lane / 4) + half * 8;
    last[half] = row < tile.rows ? a.positions[tile.first_row + row] : -1;
  }
  const std::int64_t end = a.positions[tile.first_row + tile.rows - 1] + 1;
  Rows<kDim> rows{};
  rows.max[0] = rows.max[1] = -1e30F;  // finite: rows that see nothing stay free of NaNs
  for (std::int64_t start = 0; start < end; start += kKeys) {
    __syncthreads();
    FetchKeys<T, kDim>(a, tile.first_row, kv_head, start, end, keys, values);
    CommitCopies();
    WaitCopies<0>();
    __syncthreads();
    float scores[kKeys / 8][4];
    Scores<T, kDim>(queries + first * Layout<kDim>::kStride, keys, a.scale, start, last, scores);
    Weigh<kDim>(scores, rows);
    AddValues<T, kDim>(scores, values, rows);
  }
  for (int half = 0; half < 2; ++half) {
    if (last[half] < 0) continue;
    const std::int64_t row = tile.first_row + first + lane / 4 + half * 8;
    T* out = a.out + row * a.heads * a.head_dim + head * a.head_dim;
    for (int n = 0; n < kDim / 8; ++n) {
      for (int i = 0; i < 2; ++i) {
        const std::int64_t column = n * 8 + lane % 4 * 2 + i;
        if (column < a.head_dim) {
          out[column] = FromFloat<T>(rows.out[n][2 * half + i] / rows.sum[half]);
        }
      }
    }
  }
}

template <class T, int kDim>
void LaunchPrefill(void* stream, const AttentionArgs<T>& args, const PrefillTile* tiles,
                   std::int64_t count) {
  Launch({static_cast<unsigned>(count), static_cast<unsigned>(args.heads), 1, kThreads,
          Layout<kDim>::kElements * sizeof(T)},
         stream, PrefillKernel<T, kDim>, args, tiles);
}

}  // namespace

template <class T>
void AttendPrefill(void* stream, const AttentionArgs<T>& args, const PrefillTile* tiles,
                   std::int64_t count) {
  if (args.head_dim <= 64) {
    LaunchPrefill<T, 64>(stream, args, tiles, count);
  } else {
    LaunchPrefill<T, 128>(stream, args, tiles, count);
  }
}

template void AttendPrefill<Bf16>(void*, const AttentionArgs<Bf16>&, const PrefillTile*,
                                  std::int64_t);
template void AttendPrefill<Half>(void*, const AttentionArgs<Half>&, const PrefillTile*,
                                  std::int64_t);

}  // namespace assay::cuda
