// Weights are exp((logit - max) / temperature), in (0, 1]. Two kernels go over all logits of a row
// in as many blocks as it has chunks: one for the largest of each chunk, one for sums of weights.
// One block then draws the row's token.
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/cuda/kernels/sample_cut.h"

namespace assay::cuda {
namespace draw {
namespace {

// What the kernels leave for each other, of all rows.
struct Room {
  double* sums;   // [row][block]
  float* maxima;  // [row][chunk]
  Room(void* room, std::int64_t rows, std::int64_t vocabulary)
      : sums(static_cast<double*>(room)),
        maxima(reinterpret_cast<float*>(sums + rows * Blocks(vocabulary))) {}
};

// Leaves the largest logit of a chunk; NaN where one is NaN or +infinity.
__global__ void __launch_bounds__(kDrawThreads)
    MaxKernel(const DrawRow* rows, std::int64_t vocabulary, float* maxima) {
  LetNextBegin();
  WaitForPrevious();
  const float* logits = rows[blockIdx.y].logits;
  const std::int64_t first = blockIdx.x * kChunk + threadIdx.x;
  float largest = -INFINITY;
  float bad = 0;
  for (int i = 0; i < kChunkBlocks; ++i) {
    const std::int64_t at = first + i * kBlock;
    const float x = at < vocabulary ? logits[at] : -INFINITY;
    if (!(x < INFINITY)) bad = 1;
    largest = x > largest ? x : largest;
  }
  auto* scratch = reinterpret_cast<float*>(SharedBytes());
  largest = BlockMax(largest, scratch);
  bad = BlockMax(bad, scratch);
  if (threadIdx.x == 0) maxima[blockIdx.y * gridDim.x + blockIdx.x] = bad > 0 ? NAN : largest;
}

// The largest logit of a row; NaN where one is NaN or +infinity. For a whole warp.
__device__ float FindMax(const float* maxima, std::int64_t chunks) {
  float largest = -INFINITY;
  float bad = 0;
  for (std::int64_t i = threadIdx.x % kWarp; i < chunks; i += kWarp) {
    const float x = maxima[i];
    if (!(x < INFINITY)) bad = 1;
    largest = x > largest ? x : largest;
  }
  largest = WarpMax(largest);
  return WarpMax(bad) > 0 ? NAN : largest;
}

// Sums of a chunk's blocks, each by half a warp in 16 lanes as softmax.h says.
__global__ void __launch_bounds__(kChunkBlocks * 16)
    SumKernel(const DrawRow* rows, std::int64_t vocabulary, const float* maxima, double* sums) {
  LetNextBegin();
  WaitForPrevious();
  const std::int64_t chunks = gridDim.x;
  const DrawRow draw = rows[blockIdx.y];
  const float max = FindMax(maxima + blockIdx.y * chunks, chunks);
  const Row row{draw.logits, vocabulary, Blocks(vocabulary), max, draw.inverse_temperature};
  const std::int64_t block = blockIdx.x * kChunkBlocks + threadIdx.x / 16;
  float sum = 0;
  for (std::int64_t i = block * kBlock + threadIdx.x % 16;
       i < (block + 1) * kBlock && i < vocabulary; i += 16) {
    sum += row.Weight(i);
  }
  for (unsigned apart = 8; apart > 0; apart /= 2) sum += __shfl_xor_sync(kAllLanes, sum, apart);
  if (threadIdx.x % 16 == 0 && block < row.blocks) {
    sums[blockIdx.y * row.blocks + block] = static_cast<double>(sum);
  }
}

// The blocks' sums, to shared memory, and their sum.
__device__ double SumBlocks(const Row& row, const double* sums, const Shared& shared) {
  for (std::int64_t i = threadIdx.x; i < row.blocks; i += kDrawThreads) shared.sums[i] = sums[i];
  __syncthreads();
  if (threadIdx.x == 0) {
    double total = 0;
    for (std::int64_t block = 0; block < row.blocks; ++block) total += shared.sums[block];
    *shared.chosen = total;
  }
  __syncthreads();
  const double total = *shared.chosen;
  __syncthreads();
  return total;
}

// The smallest of the threads' numbers, which are below 2^24.
__device__ std::int64_t Smallest(std::int64_t mine, const Shared& shared) {
  auto* scratch = reinterpret_cast<float*>(shared.wide);
  return static_cast<std::int64_t>(-BlockMax(-static_cast<float>(mine), scratch));
}

// The largest logit's id, the lowest among equals.
__device__ std::int32_t ArgMax(const Row& row, const float* maxima, const Shared& shared) {
  std::int64_t best = row.vocabulary;
  for (std::int64_t i = threadIdx.x; i < Chunks(row.vocabulary); i += kDrawThreads) {
    if (maxima[i] == row.max && i < best) best = i;
  }
  const std::int64_t first = Smallest(best, shared) * kChunk + threadIdx.x;
  best = row.vocabulary;
  for (int j = kChunkBlocks - 1; j >= 0; --j) {
    const std::int64_t i = first + j * kBlock;
    if (i < row.vocabulary && row.logits[i] == row.max) best = i;
  }
  return static_cast<std::int32_t>(Smallest(best, shared));
}

__device__ void LoadStretch(const Row& row, const Shared& shared, std::int64_t block) {
  const std::int64_t i = block * kBlock + threadIdx.x;
  shared.stretch[threadIdx.x] = i < row.vocabulary ? row.Weight(i) : 0.0F;
  __syncthreads();
}

// Inverts the cumulative sum of all weights, as Sampler::Invert does.
__device__ std::int32_t Invert(const Row& row, const Shared& shared, double left) {
  if (threadIdx.x == 0) {
    std::int32_t block = 0;
    while (block + 1 < row.blocks && left >= shared.sums[block]) left -= shared.sums[block++];
    *shared.place = block;
    *shared.chosen = left;
  }
  __syncthreads();
  const std::int64_t block = *shared.place;
  LoadStretch(row, shared, block);
  if (threadIdx.x != 0) return 0;
  left = *shared.chosen;
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < kBlock; ++i) {
    if (shared.stretch[i] <= 0) continue;
    last = i;
    left -= static_cast<double>(shared.stretch[i]);
    if (left < 0) break;
  }
  return static_cast<std::int32_t>(block * kBlock + last);
}

// Each block's kept weights but for ties, and its ties, by one warp a block.
__device__ void SumKept(const Row& row, const Shared& shared, Kept kept) {
  const unsigned lane = threadIdx.x % kWarp;
  for (std::int64_t block = threadIdx.x / kWarp; block < row.blocks;
       block += kDrawThreads / kWarp) {
    double sum = 0;
    std::int32_t ties = 0;
    for (std::int64_t i = block * kBlock + lane; i < (block + 1) * kBlock && i < row.vocabulary;
         i += kWarp) {
      const float weight = row.Weight(i);
      const std::uint32_t bits = FloatToBits(weight);
      if (bits > kept.bits) sum += static_cast<double>(weight);
      ties += bits == kept.bits ? 1 : 0;
    }
    sum = WarpSum(sum);
    ties = WarpSum(ties);
    if (lane == 0) {
      shared.sums[block] = sum;
      shared.ties[block] = ties;
    }
  }
  __syncthreads();
}

// Inverts the cumulative sum of the kept weights in ascending order of ids.
__device__ std::int32_t InvertKept(const Row& row, const Shared& shared, Kept kept,
                                   double uniform) {
  SumKept(row, shared, kept);
  const double tie = static_cast<double>(BitsToFloat(kept.bits));
  if (threadIdx.x == 0) {
    double total = 0;
    std::int32_t ties = kept.ties;
    for (std::int64_t block = 0; block < row.blocks; ++block) {
      const std::int32_t here = shared.ties[block] < ties ? shared.ties[block] : ties;
      ties -= here;
      shared.ties[block] = here;  // from now on those that are kept
      shared.sums[block] += here * tie;
      total += shared.sums[block];
    }
    double left = uniform * total;
    std::int32_t place = -1;
    for (std::int32_t block = 0; block < row.blocks; ++block) {
      if (shared.sums[block] <= 0) continue;
      if (place >= 0) left -= shared.sums[place];
      place = block;
      if (left < shared.sums[block]) break;
    }
    *shared.place = place;
    *shared.chosen = left;
  }
  __syncthreads();
  const std::int64_t block = *shared.place;
  LoadStretch(row, shared, block);
  if (threadIdx.x != 0) return 0;
  double left = *shared.chosen;
  std::int32_t ties = shared.ties[block];
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < kBlock; ++i) {
    const std::uint32_t bits = FloatToBits(shared.stretch[i]);
    if (bits < kept.bits || (bits == kept.bits && ties-- <= 0)) continue;
    last = i;
    left -= static_cast<double>(shared.stretch[i]);
    if (left < 0) break;
  }
  return static_cast<std::int32_t>(block * kBlock + last);
}

// Two blocks at a time on a processor: one works while the other's first thread walks.
__global__ void __launch_bounds__(kDrawThreads, 2)
    DrawKernel(const DrawRow* rows, std::int64_t vocabulary, Room room, DrawnToken* out) {
  LetNextBegin();
  WaitForPrevious();
  const DrawRow draw = rows[blockIdx.x];
  const float* maxima = room.maxima + blockIdx.x * Chunks(vocabulary);
  const Row row{draw.logits, vocabulary, Blocks(vocabulary), FindMax(maxima, Chunks(vocabulary)),
                draw.inverse_temperature};
  const Shared shared(row.blocks);
  const double sum =
      row.max > -INFINITY ? SumBlocks(row, room.sums + blockIdx.x * row.blocks, shared) : 0.0;
  DrawnToken drawn;
  if (sum > 0) {
    const bool cuts =
        (draw.top_k > 0 && draw.top_k < vocabulary) || draw.top_p < 1 || draw.min_p > 0;
    if (draw.greedy != 0) {
      drawn.id = ArgMax(row, maxima, shared);
    } else if (!cuts) {
      drawn.id = Invert(row, shared, draw.uniform * sum);
    } else {
      drawn.id = InvertKept(row, shared, Cut(row, shared, draw), draw.uniform);
    }
    const float scaled = (draw.logits[drawn.id] - row.max) * row.factor;
    drawn.logprob = static_cast<float>(static_cast<double>(scaled) - log(sum));
  }
  if (threadIdx.x == 0) out[blockIdx.x] = drawn;
}

}  // namespace
}  // namespace draw

std::size_t DrawRoomBytes(std::int64_t count, std::int64_t vocabulary) {
  return static_cast<std::size_t>(count) *
         (static_cast<std::size_t>(draw::Blocks(vocabulary)) * sizeof(double) +
          static_cast<std::size_t>(draw::Chunks(vocabulary)) * sizeof(float));
}

void DrawTokens(void* stream, const DrawRow* rows, std::int64_t count, std::int64_t vocabulary,
                void* memory, DrawnToken* out) {
  if (count == 0) return;
  using namespace draw;  // NOLINT
  const Room room(memory, count, vocabulary);
  const auto chunks = static_cast<unsigned>(Chunks(vocabulary));
  const auto all = static_cast<unsigned>(count);
  Launch({chunks, all, 1, kDrawThreads, kDrawThreads / kWarp * sizeof(float)}, stream, MaxKernel,
         rows, vocabulary, room.maxima);
  Launch({chunks, all, 1, kChunkBlocks * 16, 0}, stream, SumKernel, rows, vocabulary,
         static_cast<const float*>(room.maxima), room.sums);
  Launch({all, 1, 1, kDrawThreads, Shared::Bytes(Blocks(vocabulary))}, stream, DrawKernel, rows,
         vocabulary, room, out);
}

}  // namespace assay::cuda
