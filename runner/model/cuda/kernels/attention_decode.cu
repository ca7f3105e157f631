// One block computes the queries that share a key/value head over one stretch of positions: for
// floats and wide heads. Others go to attention_decode_tiles.cu.
#include <type_traits>

#include "runner/model/cuda/kernels/attention_decode.h"
#include "runner/model/cuda/kernels/attention_join.h"

namespace assay::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr unsigned kWarps = kThreads / kWarp;

// Numbers of 16 bytes.
template <class T>
inline constexpr int kVector = 16 / static_cast<int>(sizeof(T));

template <class T>
__device__ void Load16(const T* from, float (&to)[kVector<T>]) {
  const Bytes16 bytes = *reinterpret_cast<const Bytes16*>(from);
  const T* values = reinterpret_cast<const T*>(&bytes);
  for (int i = 0; i < kVector<T>; ++i) to[i] = ToFloat(values[i]);
}

// The shared memory of a block, in floats.
template <int kGroup>
struct Shared {
  float* queries;  // [kGroup][head_dim]
  float* weights;  // [kGroup][kSplit]
  float* sums;     // [kWarps][kGroup][head_dim]
  float* scratch;  // [kWarps]
  __device__ explicit Shared(std::int64_t head_dim)
      : queries(reinterpret_cast<float*>(SharedBytes())),
        weights(queries + kGroup * head_dim),
        sums(weights + kGroup * kSplit),
        scratch(sums + kWarps * kGroup * head_dim) {}
  static std::size_t Bytes(std::int64_t head_dim) {
    const std::int64_t floats =
        kGroup * head_dim + kGroup * kSplit + kWarps * kGroup * head_dim + kWarps;
    return static_cast<std::size_t>(floats) * sizeof(float);
  }
};

// Scaled scores of the stretch [start, end): each thread takes whole positions.
template <class T, int kGroup>
__device__ void Scores(const AttentionArgs<T>& a, const Shared<kGroup>& shared, std::int64_t row,
                       std::int64_t kv_head, std::int64_t start, std::int64_t end) {
  for (std::int64_t t = start + threadIdx.x; t < end; t += kThreads) {
    const T* key = a.cache.Keys(row, t, kv_head, a.head_dim) + t % kPagePositions * a.head_dim;
    float score[kGroup] = {};
    for (std::int64_t d = 0; d < a.head_dim; d += kVector<T>) {
      float k[kVector<T>];
      Load16(key + d, k);
      for (int m = 0; m < kGroup; ++m) {
        for (int i = 0; i < kVector<T>; ++i) {
          score[m] = fmaf(shared.queries[m * a.head_dim + d + i], k[i], score[m]);
        }
      }
    }
    for (int m = 0; m < kGroup; ++m) {
      const float scaled = score[m] * a.scale;
      shared.weights[m * kSplit + t - start] = a.cap > 0 ? Capped(scaled, a.cap) : scaled;
    }
  }
}

// Turns scores into exp(score - max); every thread gets max and sum.
template <int kGroup>
__device__ void Weigh(const Shared<kGroup>& shared, int m, std::int64_t count, float& max,
                      float& sum) {
  float* weights = shared.weights + m * kSplit;
  float largest = -INFINITY;
  for (std::int64_t t = threadIdx.x; t < count; t += kThreads) {
    largest = weights[t] > largest ? weights[t] : largest;
  }
  max = BlockMax(largest, shared.scratch);
  float mine = 0;
  for (std::int64_t t = threadIdx.x; t < count; t += kThreads) {
    weights[t] = Exp(weights[t] - max);
    mine += weights[t];
  }
  sum = BlockSum(mine, shared.scratch);
}

// Each warp adds the values of every fourth position; lane l owns columns 2l, 2l+1, 2l+64, ….
template <class T, int kGroup, int kPairs>
__device__ void Values(const AttentionArgs<T>& a, const Shared<kGroup>& shared, std::int64_t row,
                       std::int64_t kv_head, std::int64_t start, std::int64_t end) {
  const unsigned warp = threadIdx.x / kWarp;
  const std::int64_t first = threadIdx.x % kWarp * 2;
  float acc[kGroup][kPairs][2] = {};
  for (std::int64_t t = start + warp; t < end; t += kWarps) {
    const T* value = a.cache.Keys(row, t, kv_head, a.head_dim) +
                     (kPagePositions + t % kPagePositions) * a.head_dim;
    for (int j = 0; j < kPairs; ++j) {
      const std::int64_t column = first + 2 * kWarp * j;
      if (column >= a.head_dim) continue;
      const float x = ToFloat(value[column]);
      const float y = ToFloat(value[column + 1]);
      for (int m = 0; m < kGroup; ++m) {
        const float weight = shared.weights[m * kSplit + t - start];
        acc[m][j][0] = fmaf(weight, x, acc[m][j][0]);
        acc[m][j][1] = fmaf(weight, y, acc[m][j][1]);
      }
    }
  }
  for (int m = 0; m < kGroup; ++m) {
    float* sums = shared.sums + (warp * kGroup + m) * a.head_dim;
    for (int j = 0; j < kPairs; ++j) {
      const std::int64_t column = first + 2 * kWarp * j;
      if (column >= a.head_dim) continue;
      sums[column] = acc[m][j][0];
      sums[column + 1] = acc[m][j][1];
    }
  }
}

template <class T, int kGroup, int kPairs>
__global__ void __launch_bounds__(kThreads)
    DecodeKernel(AttentionArgs<T> a, std::int64_t splits, DecodeRoom room) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t index = blockIdx.x;  // among the call's rows
  const std::int64_t row = a.first_row + index;
  const std::int64_t group = a.heads / a.kv_heads;
  const std::int64_t chunks = (group + kGroup - 1) / kGroup;
  const std::int64_t kv_head = blockIdx.y / chunks;
  const std::int64_t first = blockIdx.y % chunks * kGroup;  // query of the group
  const std::int64_t positions = a.positions[row] + 1;
  const std::int64_t first_seen = FirstSeen(a, positions - 1);
  const std::int64_t stretch = blockIdx.z * kSplit;
  if (stretch >= positions || stretch + kSplit <= first_seen) return;
  const std::int64_t start = stretch > first_seen ? stretch : first_seen;
  const std::int64_t end = stretch + kSplit < positions ? stretch + kSplit : positions;
  const std::int64_t queries = group - first < kGroup ? group - first : kGroup;
  const Shared<kGroup> shared(a.head_dim);
  const std::int64_t head = kv_head * group + first;
  const T* from = a.qkv + row * a.row_stride + head * a.head_dim;
  for (std::int64_t i = threadIdx.x; i < kGroup * a.head_dim; i += kThreads) {
    shared.queries[i] = i < queries * a.head_dim ? ToFloat(from[i]) : 0.0F;
  }
  __syncthreads();
  Scores<T, kGroup>(a, shared, row, kv_head, start, end);
  __syncthreads();
  float max[kGroup];
  float sum[kGroup];
  for (int m = 0; m < kGroup; ++m) Weigh<kGroup>(shared, m, end - start, max[m], sum[m]);
  Values<T, kGroup, kPairs>(a, shared, row, kv_head, start, end);
  __syncthreads();
  const bool alone = stretch <= first_seen && positions <= stretch + kSplit;
  for (int m = 0; m < kGroup; ++m) {
    if (m >= queries) break;
    float* piece = alone ? nullptr : Piece(a, room, index, head + m, blockIdx.z, splits);
    if (!alone && threadIdx.x == 0) {
      piece[0] = max[m];
      piece[1] = sum[m];
    }
    for (std::int64_t d = threadIdx.x; d < a.head_dim; d += kThreads) {
      float total = 0;
      for (unsigned warp = 0; warp < kWarps; ++warp) {
        total += shared.sums[(warp * kGroup + m) * a.head_dim + d];
      }
      if (alone) {
        a.out[row * a.heads * a.head_dim + (head + m) * a.head_dim + d] =
            FromFloat<T>(total / sum[m]);
      } else {
        piece[kPieceHeader + d] = total;
      }
    }
  }
  if (alone) return;
  JoinWhenLast(a, room, index, head, queries, splits,
               reinterpret_cast<std::int32_t*>(shared.scratch));
}

template <class T, int kGroup, int kPairs>
void LaunchDecode(void* stream, const AttentionArgs<T>& a, std::int64_t splits,
                  const DecodeRoom& room) {
  const std::int64_t chunks = (a.heads / a.kv_heads + kGroup - 1) / kGroup;
  Launch({static_cast<unsigned>(a.rows), static_cast<unsigned>(a.kv_heads * chunks),
          static_cast<unsigned>(splits), kThreads, Shared<kGroup>::Bytes(a.head_dim)},
         stream, DecodeKernel<T, kGroup, kPairs>, a, splits, room);
}

template <class T, int kGroup>
void LaunchForWidth(void* stream, const AttentionArgs<T>& a, std::int64_t splits,
                    const DecodeRoom& room) {
  if constexpr (std::is_same_v<T, float>) {
    if (a.head_dim <= kMostTileDim) return LaunchDecode<T, kGroup, 2>(stream, a, splits, room);
  }
  LaunchDecode<T, kGroup, 4>(stream, a, splits, room);
}

}  // namespace

template <class T>
void AttendDecode(void* stream, const AttentionArgs<T>& args, std::int64_t splits,
                  const DecodeRoom& room) {
  if constexpr (!std::is_same_v<T, float>) {
    if (args.head_dim <= kMostTileDim) return AttendDecodeByTiles(stream, args, splits, room);
  }
  const std::int64_t group = args.heads / args.kv_heads;
  if (group == 1) {
    LaunchForWidth<T, 1>(stream, args, splits, room);
  } else if (group <= 4) {
    LaunchForWidth<T, 4>(stream, args, splits, room);
  } else {
    LaunchForWidth<T, 8>(stream, args, splits, room);
  }
}

template void AttendDecode<float>(void*, const AttentionArgs<float>&, std::int64_t,
                                  const DecodeRoom&);
template void AttendDecode<Bf16>(void*, const AttentionArgs<Bf16>&, std::int64_t,
                                 const DecodeRoom&);
template void AttendDecode<Half>(void*, const AttentionArgs<Half>&, std::int64_t,
                                 const DecodeRoom&);

}  // namespace assay::cuda
