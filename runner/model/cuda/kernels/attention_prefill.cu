// One block computes one head of a tile of 64 rows: each warp 16 rows, against 64 positions at a
// time.
#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/attention_tile.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr int kKeys = 64;  // positions of a tile

template <int kDim>
inline constexpr int kTile = kKeys* kTileStride<kDim>;  // elements: queries, keys or values

template <class T, int kDim>
__device__ void FetchQueries(const AttentionArgs<T>& a, const PrefillTile& tile, std::int64_t head,
                             T* shared) {
  for (int i = static_cast<int>(threadIdx.x); i < kKeys * kDim / 8; i += kThreads) {
    const int row = i / (kDim / 8);
    const int column = i % (kDim / 8) * 8;
    const bool valid = row < tile.rows && column < a.head_dim;
    const T* from =
        valid ? a.qkv + (tile.first_row + row) * a.row_stride + head * a.head_dim + column : a.qkv;
    CopyAsync16(shared + row * kTileStride<kDim> + column, from, valid);
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
    const int to = place * kTileStride<kDim> + column;
    CopyAsync16(keys + to, from, valid);
    CopyAsync16(values + to, valid ? from + kPagePositions * a.head_dim : from, valid);
  }
}

template <class T, int kDim, bool kLimited>
__global__ void __launch_bounds__(kThreads)
    PrefillKernel(AttentionArgs<T> a, const PrefillTile* tiles) {
  LetNextBegin();
  WaitForPrevious();
  const PrefillTile tile = tiles[blockIdx.x];
  const std::int64_t head = blockIdx.y;
  const std::int64_t kv_head = head / (a.heads / a.kv_heads);
  T* queries = reinterpret_cast<T*>(SharedBytes());
  T* keys = queries + kTile<kDim>;
  T* values = keys + kTile<kDim>;
  FetchQueries<T, kDim>(a, tile, head, queries);

  const unsigned lane = threadIdx.x % kWarp;
  const int first = static_cast<int>(threadIdx.x / kWarp * 16);  // of the warp's rows in the tile
  Seen seen;                                                     // nothing in rows beyond the tile
  for (int half = 0; half < 2; ++half) {
    const int row = first + static_cast<int>(lane / 4) + half * 8;
    seen.last[half] = row < tile.rows ? a.positions[tile.first_row + row] : -1;
    seen.first[half] = kLimited ? FirstSeen(a, seen.last[half]) : 0;
  }
  const std::int64_t end = a.positions[tile.first_row + tile.rows - 1] + 1;
  TileRows<kDim> rows;
  const std::int64_t begin =
      kLimited ? FirstSeen(a, a.positions[tile.first_row]) / kKeys * kKeys : 0;
  for (std::int64_t start = begin; start < end; start += kKeys) {
    __syncthreads();
    FetchKeys<T, kDim>(a, tile.first_row, kv_head, start, end, keys, values);
    CommitCopies();
    WaitCopies<0>();
    __syncthreads();
    float scores[kKeys / 8][4];
    TileScores<T, kDim, kKeys, kLimited>(a, queries + first * kTileStride<kDim>, keys, start, seen,
                                         scores);
    TileWeigh<kDim, kKeys>(scores, rows);
    TileAddValues<T, kDim, kKeys>(scores, values, rows);
  }
  for (int half = 0; half < 2; ++half) {
    if (seen.last[half] < 0) continue;
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
          3 * kTile<kDim> * sizeof(T)},
         stream, args.IsLimited() ? PrefillKernel<T, kDim, true> : PrefillKernel<T, kDim, false>,
         args, tiles);
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
