// One block computes up to 16 queries that share a key/value head over one stretch of positions, as
// the rows of one tile: each warp against 64 positions of the stretch, 32 at a time, copied to
// shared memory while the ones before are worked on; then the warps' results are joined.
#include "runner/model/cuda/kernels/attention_decode.h"
#include "runner/model/cuda/kernels/attention_join.h"
#include "runner/model/cuda/kernels/attention_tile.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr std::int64_t kWarps = kThreads / kWarp;
constexpr int kQueries = 16;  // rows of a tile
constexpr int kKeys = 32;     // positions at a time
constexpr std::int64_t kWarpKeys = kSplit / kWarps;

// Shared memory: queries, then for each warp keys and values, where its pieces lie later.
template <int kDim>
struct Layout {
  static constexpr int kStride = kTileStride<kDim>;
  static constexpr int kTile = kKeys * kStride;  // elements of keys or values
  static constexpr int kRoom = 2 * kTile;
  static constexpr int kPiece = kDim + static_cast<int>(kPieceHeader);  // floats
  static constexpr std::size_t kElements = kQueries * kStride + kWarps * kRoom;
  static_assert(kQueries * kPiece * 2 <= kRoom, "pieces must fit where keys and values were");
};

template <class T, int kDim>
__device__ void FetchQueries(const AttentionArgs<T>& a, const T* from, std::int64_t queries,
                             T* shared) {
  for (int i = static_cast<int>(threadIdx.x); i < kQueries * kDim / 8; i += kThreads) {
    const int query = i / (kDim / 8);
    const int column = i % (kDim / 8) * 8;
    const bool valid = query < queries && column < a.head_dim;
    CopyAsync16(shared + query * kTileStride<kDim> + column,
                valid ? from + query * a.head_dim + column : from, valid);
  }
}

// Of the running warp's key/value head: the pages of its sequence, and where in each its keys
// begin.
template <class T>
struct Place {
  const T* pool;
  const std::int32_t* pages;
  std::int64_t page_stride;
  std::int64_t head_dim;
};

// Keys (or values, `behind` elements behind them) of positions [start, start + kKeys), zeros from
// `end` on. `start` is where a page begins.
template <class T, int kDim>
__device__ void FetchTile(const Place<T>& place, std::int64_t behind, std::int64_t start,
                          std::int64_t end, T* shared) {
  constexpr int kPieces = kDim / 8;  // of 16 bytes, of a position
  constexpr int kPage = static_cast<int>(kPagePositions);
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  for (int first = 0; first < kKeys; first += kPage) {
    const std::int64_t left = end - start - first;  // positions
    const T* page = place.pool;
    if (left > 0) {
      page += place.pages[(start + first) / kPagePositions] * place.page_stride + behind;
    }
    for (int i = lane; i < kPage * kPieces; i += static_cast<int>(kWarp)) {
      const int slot = i / kPieces;
      const int column = i % kPieces * 8;
      const bool valid = slot < left && column < place.head_dim;
      CopyAsync16(shared + (first + slot) * kTileStride<kDim> + column,
                  valid ? page + slot * place.head_dim + column : place.pool, valid);
    }
  }
}

// The running warp's rows over positions [start, end), of which they see those from `first` on.
template <class T, int kDim, bool kLimited>
__device__ void AttendWarp(const AttentionArgs<T>& a, const Place<T>& place, const T* queries,
                           std::int64_t first, std::int64_t start, std::int64_t end, T* keys,
                           TileRows<kDim>& rows) {
  T* values = keys + Layout<kDim>::kTile;
  const std::int64_t behind = kPagePositions * place.head_dim;
  const Seen seen{{first, first}, {end - 1, end - 1}};
  for (std::int64_t at = start; at < end; at += kKeys) {
    WaitCopies<1>();
    __syncwarp();
    float scores[kKeys / 8][4];
    TileScores<T, kDim, kKeys, kLimited>(a, queries, keys, at, seen, scores);
    __syncwarp();
    if (at + kKeys < end) FetchTile<T, kDim>(place, 0, at + kKeys, end, keys);
    CommitCopies();
    TileWeigh<kDim, kKeys>(scores, rows);
    WaitCopies<1>();
    __syncwarp();
    TileAddValues<T, kDim, kKeys>(scores, values, rows);
    __syncwarp();
    if (at + kKeys < end) FetchTile<T, kDim>(place, behind, at + kKeys, end, values);
    CommitCopies();
  }
}

// The running warp's rows as pieces (attention_join.h).
template <int kDim>
__device__ void StorePieces(const TileRows<kDim>& rows, float* pieces) {
  const unsigned lane = threadIdx.x % kWarp;
  for (int half = 0; half < 2; ++half) {
    float* piece = pieces + (lane / 4 + half * 8) * Layout<kDim>::kPiece;
    if (lane % 4 == 0) {
      piece[0] = rows.max[half];
      piece[1] = rows.sum[half];
    }
    float* sums = piece + kPieceHeader + lane % 4 * 2;
    for (int n = 0; n < kDim / 8; ++n) {
      sums[n * 8] = rows.out[n][2 * half];
      sums[n * 8 + 1] = rows.out[n][2 * half + 1];
    }
  }
}

template <class T, int kDim, bool kLimited>
__global__ void __launch_bounds__(kThreads)
    DecodeTilesKernel(AttentionArgs<T> a, std::int64_t splits, DecodeRoom room) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t index = blockIdx.x;  // among the call's rows
  const std::int64_t row = a.first_row + index;
  // In 32 bits: divisions in 64 take longer than all else here.
  const auto group = static_cast<unsigned>(a.heads) / static_cast<unsigned>(a.kv_heads);
  const unsigned chunks = (group + kQueries - 1) / kQueries;
  const std::int64_t kv_head = blockIdx.y / chunks;
  const unsigned first = blockIdx.y % chunks * kQueries;  // query of the group
  const std::int64_t positions = a.positions[row] + 1;
  const std::int64_t first_seen = kLimited ? FirstSeen(a, positions - 1) : 0;
  const std::int64_t start = blockIdx.z * kSplit;
  if (start >= positions || start + kSplit <= first_seen) return;
  const std::int64_t queries = group - first < kQueries ? group - first : kQueries;
  const std::int64_t head = kv_head * group + first;
  T* shared = reinterpret_cast<T*>(SharedBytes());  // [kQueries][kStride], then each warp's
  FetchQueries<T, kDim>(a, a.qkv + row * a.row_stride + head * a.head_dim, queries, shared);
  CommitCopies();

  const unsigned warp = threadIdx.x / kWarp;
  const std::int64_t from = start + warp * kWarpKeys;
  const std::int64_t to = from + kWarpKeys < positions ? from + kWarpKeys : positions;
  const Place<T> place{
      a.cache.pool + a.cache.layer_offset + kv_head * 2 * kPagePositions * a.head_dim,
      a.cache.tables + a.cache.sequences[row] * a.cache.table_stride, a.cache.page_stride,
      a.head_dim};
  T* keys = shared + kQueries * Layout<kDim>::kStride + warp * Layout<kDim>::kRoom;
  FetchTile<T, kDim>(place, 0, from, to, keys);
  CommitCopies();
  FetchTile<T, kDim>(place, kPagePositions * a.head_dim, from, to, keys + Layout<kDim>::kTile);
  CommitCopies();
  WaitCopies<2>();
  __syncthreads();  // queries are of the whole block
  TileRows<kDim> rows;
  AttendWarp<T, kDim, kLimited>(a, place, shared, first_seen, from, to, keys, rows);
  WaitCopies<0>();
  __syncwarp();
  StorePieces<kDim>(rows, reinterpret_cast<float*>(keys));
  __syncthreads();

  const bool alone = start <= first_seen && positions <= start + kSplit;
  const auto* pieces =
      reinterpret_cast<const float*>(shared + kQueries * Layout<kDim>::kStride);  // of warp 0
  const auto fours = static_cast<unsigned>(a.head_dim / 4);
  for (unsigned i = threadIdx.x; i < queries * fours; i += kThreads) {
    const std::int64_t query = i / fours;
    const std::int64_t d = i % fours * 4;
    const Joined joined = JoinPieces(pieces + query * Layout<kDim>::kPiece,
                                     Layout<kDim>::kRoom * sizeof(T) / sizeof(float), kWarps, d);
    if (alone) {
      StoreQuotients(joined, a.out + (row * a.heads + head + query) * a.head_dim + d);
      continue;
    }
    float* piece = Piece(a, room, index, head + query, blockIdx.z, splits);
    if (d == 0) {
      piece[0] = joined.max;
      piece[1] = joined.sum;
    }
    *reinterpret_cast<Four*>(piece + kPieceHeader + d) = joined.sums;
  }
  if (alone) return;
  JoinWhenLast(a, room, index, head, queries, splits, reinterpret_cast<std::int32_t*>(shared));
}

template <class T, int kDim>
void LaunchTiles(void* stream, const AttentionArgs<T>& a, std::int64_t splits,
                 const DecodeRoom& room) {
  const std::int64_t chunks = (a.heads / a.kv_heads + kQueries - 1) / kQueries;
  Launch({static_cast<unsigned>(a.rows), static_cast<unsigned>(a.kv_heads * chunks),
          static_cast<unsigned>(splits), kThreads, Layout<kDim>::kElements * sizeof(T)},
         stream,
         a.IsLimited() ? DecodeTilesKernel<T, kDim, true> : DecodeTilesKernel<T, kDim, false>, a,
         splits, room);
}

}  // namespace

template <class T>
void AttendDecodeByTiles(void* stream, const AttentionArgs<T>& args, std::int64_t splits,
                         const DecodeRoom& room) {
  if (args.head_dim <= 64) {
    LaunchTiles<T, 64>(stream, args, splits, room);
  } else {
    LaunchTiles<T, 128>(stream, args, splits, room);
  }
}

template void AttendDecodeByTiles<Bf16>(void*, const AttentionArgs<Bf16>&, std::int64_t,
                                        const DecodeRoom&);
template void AttendDecodeByTiles<Half>(void*, const AttentionArgs<Half>&, std::int64_t,
                                        const DecodeRoom&);

}  // namespace assay::cuda
