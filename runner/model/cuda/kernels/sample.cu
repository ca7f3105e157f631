// One block draws one token. Weights are exp((logit - max) / temperature), in (0, 1].
//
// Every cut (top-k, top-p, min-p) keeps a beginning of the tokens in descending order of weight,
// equal weights by ascending id. Such a beginning is told by the smallest weight in it and by how
// many tokens of exactly that weight belong to it, and found by bisection over the bits of a
// weight: no sorting, and no sums whose order depends on timing.
#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay::cuda {
namespace {

using Mass = unsigned long long;  // of weights, in units of 2^-40

constexpr unsigned kThreads = 512;
constexpr std::int64_t kBlock = kernels::kSumBlock;
constexpr double kMassUnit = 1.0 / (1LL << 40);
constexpr std::uint32_t kOneBits = 0x3F800000;  // of 1.0F, the largest weight

// The shared memory of a block.
struct Shared {
  double* sums;              // of each kBlock weights
  unsigned long long* wide;  // one a warp
  double* chosen;            // what thread 0 found
  float* stretch;            // kBlock weights
  std::int32_t* ties;        // of each kBlock weights
  std::int32_t* place;       // what thread 0 found
  __device__ explicit Shared(std::int64_t blocks)
      : sums(reinterpret_cast<double*>(SharedBytes())),
        wide(reinterpret_cast<unsigned long long*>(sums + blocks)),
        chosen(reinterpret_cast<double*>(wide + kThreads / kWarp)),
        stretch(reinterpret_cast<float*>(chosen + 1)),
        ties(reinterpret_cast<std::int32_t*>(stretch + kBlock)),
        place(ties + blocks) {}
  static std::size_t Bytes(std::int64_t blocks) {
    return static_cast<std::size_t>(blocks) * (sizeof(double) + sizeof(std::int32_t)) +
           (kThreads / kWarp + 1) * sizeof(double) + kBlock * sizeof(float) +
           2 * sizeof(std::int32_t);
  }
};

// One row and what all threads know of it.
struct Row {
  const float* logits;
  std::int64_t vocabulary;
  std::int64_t blocks;
  float max;
  float factor;
  __device__ float Weight(std::int64_t i) const { return Exp((logits[i] - max) * factor); }
};

__device__ Mass MassOf(float weight) {
  return static_cast<Mass>(static_cast<double>(weight) / kMassUnit + 0.5);
}

// The largest logit; NaN where one is NaN or +infinity.
__device__ float FindMax(const Row& row, const Shared& shared) {
  float largest = -INFINITY;
  float bad = 0;
  for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kThreads) {
    const float x = row.logits[i];
    if (!(x < INFINITY)) bad = 1;
    largest = x > largest ? x : largest;
  }
  auto* scratch = reinterpret_cast<float*>(shared.wide);
  largest = BlockMax(largest, scratch);
  return BlockMax(bad, scratch) > 0 ? NAN : largest;
}

// Sums of blocks, each in 16 lanes as softmax.h says; thread 0 adds them up.
__device__ double SumWeights(const Row& row, const Shared& shared) {
  const std::int64_t half_warp = threadIdx.x / 16;
  const std::int64_t lane = threadIdx.x % 16;
  for (std::int64_t first = 0; first < row.blocks; first += kThreads / 16) {
    const std::int64_t block = first + half_warp;
    float sum = 0;
    for (std::int64_t i = block * kBlock + lane; i < (block + 1) * kBlock && i < row.vocabulary;
         i += 16) {
      sum += row.Weight(i);
    }
    for (unsigned apart = 8; apart > 0; apart /= 2) {
      sum += __shfl_xor_sync(kAllLanes, sum, apart);
    }
    if (lane == 0 && block < row.blocks) shared.sums[block] = static_cast<double>(sum);
  }
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

// The largest logit's id, the lowest among equals.
__device__ std::int32_t ArgMax(const Row& row, const Shared& shared) {
  std::int64_t best = row.vocabulary;
  for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kThreads) {
    if (row.logits[i] == row.max) {
      best = i;
      break;
    }
  }
  const float lowest = -BlockMax(-static_cast<float>(best), reinterpret_cast<float*>(shared.wide));
  return static_cast<std::int32_t>(lowest);  // exact: vocabularies are below 2^24
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

// A beginning of the tokens in descending order.
struct Kept {
  std::uint32_t bits;  // of its smallest weight
  std::int32_t ties;   // tokens of exactly that weight that belong to it, lowest ids first
};

struct Total {
  std::int64_t count;
  Mass mass;
};

// Of the tokens whose weight has at least these bits.
__device__ Total TotalFrom(const Row& row, const Shared& shared, std::uint32_t bits) {
  Mass count = 0;
  Mass mass = 0;
  for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kThreads) {
    const float weight = row.Weight(i);
    if (FloatToBits(weight) < bits) continue;
    ++count;
    mass += MassOf(weight);
  }
  count = BlockSum(count, shared.wide);
  mass = BlockSum(mass, shared.wide);
  return {static_cast<std::int64_t>(count), mass};
}

// The shortest beginning with `count` tokens, or with at least `mass`, whichever is not 0; all
// tokens of positive weight where there are no such.
__device__ Kept Shortest(const Row& row, const Shared& shared, std::int64_t count, Mass mass) {
  std::uint32_t low = 1;  // always far enough, or as far as possible
  std::uint32_t high = kOneBits + 1;
  while (high - low > 1) {
    const std::uint32_t middle = low + (high - low) / 2;
    const Total total = TotalFrom(row, shared, middle);
    if (count > 0 ? total.count >= count : total.mass >= mass) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const Total above = TotalFrom(row, shared, low + 1);
  const Total from = TotalFrom(row, shared, low);
  const std::int64_t ties = from.count - above.count;
  std::int64_t wanted = 0;
  if (count > 0) {
    wanted = count - above.count;
  } else {
    const Mass unit = MassOf(BitsToFloat(low));
    const Mass missing = mass > above.mass ? mass - above.mass : 0;
    wanted = unit > 0 ? static_cast<std::int64_t>((missing + unit - 1) / unit) : ties;
  }
  wanted = wanted < ties ? wanted : ties;
  return {low, static_cast<std::int32_t>(wanted)};
}

__device__ Kept Shorter(Kept a, Kept b) {
  if (a.bits != b.bits) return a.bits > b.bits ? a : b;
  return a.ties < b.ties ? a : b;
}

__device__ Kept Cut(const Row& row, const Shared& shared, const DrawRow& draw) {
  constexpr std::int32_t kAll = 0x7FFFFFFF;
  const std::uint32_t least = FloatToBits(draw.min_p);
  Kept kept{least > 1 ? least : 1, kAll};
  Mass total = 0;
  if (draw.top_k > 0 && draw.top_k < row.vocabulary) {
    const Kept first = Shortest(row, shared, draw.top_k, 0);
    total = TotalFrom(row, shared, first.bits + 1).mass +
            static_cast<Mass>(first.ties) * MassOf(BitsToFloat(first.bits));
    kept = Shorter(kept, first);
  } else if (draw.top_p < 1) {
    total = TotalFrom(row, shared, 1).mass;
  }
  if (draw.top_p < 1) {
    const double mass = draw.top_p * static_cast<double>(total);
    const auto whole = static_cast<Mass>(mass);
    const Mass wanted = static_cast<double>(whole) < mass ? whole + 1 : whole;
    kept = Shorter(kept, Shortest(row, shared, 0, wanted > 0 ? wanted : 1));
  }
  return kept;
}

// Each block's kept weights but for ties, and its ties, by one warp a block.
__device__ void SumKept(const Row& row, const Shared& shared, Kept kept) {
  const unsigned lane = threadIdx.x % kWarp;
  for (std::int64_t block = threadIdx.x / kWarp; block < row.blocks; block += kThreads / kWarp) {
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

__global__ void __launch_bounds__(kThreads)
    DrawKernel(const DrawRow* rows, std::int64_t vocabulary, DrawnToken* out) {
  LetNextBegin();
  WaitForPrevious();
  const DrawRow draw = rows[blockIdx.x];
  Row row{draw.logits, vocabulary, (vocabulary + kBlock - 1) / kBlock, 0, draw.inverse_temperature};
  const Shared shared(row.blocks);
  row.max = FindMax(row, shared);
  const double sum = row.max > -INFINITY ? SumWeights(row, shared) : 0.0;
  DrawnToken drawn;
  if (sum > 0) {
    const bool cuts =
        (draw.top_k > 0 && draw.top_k < vocabulary) || draw.top_p < 1 || draw.min_p > 0;
    if (draw.greedy != 0) {
      drawn.id = ArgMax(row, shared);
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

void DrawTokens(void* stream, const DrawRow* rows, std::int64_t count, std::int64_t vocabulary,
                DrawnToken* out) {
  const std::int64_t blocks = (vocabulary + kBlock - 1) / kBlock;
  Launch({static_cast<unsigned>(count), 1, 1, kThreads, Shared::Bytes(blocks)}, stream, DrawKernel,
         rows, vocabulary, out);
}

}  // namespace assay::cuda
