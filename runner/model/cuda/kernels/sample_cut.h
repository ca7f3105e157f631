// runner/model/cuda/kernels/sample_cut.h -- Which tokens top-k, top-p and min-p leave.
//
// Every cut (top-k, top-p, min-p) keeps a beginning of the tokens in descending order of weight,
// equal weights by ascending id. Such a beginning is told by the smallest weight in it and by how
// many tokens of exactly that weight belong to it, and found by bisection over the bits of a
// weight: no sorting, and no sums whose order depends on timing. Passes over all logits go on until
// what lies between the borders fits into shared memory.
#pragma once

#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/cuda/kernels/sample_row.h"

namespace assay::cuda::draw {

// A beginning of the tokens in descending order.
struct Kept {
  std::uint32_t bits;  // of its smallest weight
  std::int32_t ties;   // tokens of exactly that weight that belong to it, lowest ids first
};

struct Total {
  std::int64_t count = 0;
  Mass mass = 0;
};

// A bound on weights, and the tokens whose weight has at least these bits.
struct Border {
  std::uint32_t bits;
  Total from;
};

// What a thread has seen of the tokens from each of kCuts borders on, `step` apart.
struct Counter {
  std::uint32_t low;
  std::uint32_t step;
  std::int32_t counts[kCuts] = {};
  Mass masses[kCuts] = {};
  __device__ void Add(std::uint32_t bits) {
    const Mass mass = MassOf(BitsToFloat(bits));
    for (int j = 0; j < kCuts; ++j) {
      if (bits < low + static_cast<std::uint32_t>(j) * step) continue;
      ++counts[j];
      masses[j] += mass;
    }
  }
};

// Moves the borders together: low to the highest of the counter's that is enough, high to the next.
template <class Enough>
__device__ void MoveBorders(const Counter& counter, const Shared& shared, const Enough& enough,
                            Border& low, Border& high) {
  const Border end = high;
  for (int j = kCuts - 1; j >= 0; --j) {
    const std::uint32_t bits = counter.low + static_cast<std::uint32_t>(j) * counter.step;
    if (bits >= end.bits) continue;  // the same for all threads
    Border border{bits, end.from};
    border.from.count +=
        static_cast<std::int64_t>(BlockSum(static_cast<Mass>(counter.counts[j]), shared.wide));
    border.from.mass += BlockSum(counter.masses[j], shared.wide);
    if (j == 0 || enough(border.from)) {
      low = border;
      return;
    }
    high = border;
  }
}

// Brings the bits of all weights between the borders to shared memory, in any order.
__device__ inline std::int32_t Gather(const Row& row, const Shared& shared, const Border& low,
                                      const Border& high) {
  if (threadIdx.x == 0) *shared.count = 0;
  __syncthreads();
  for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kDrawThreads) {
    const std::uint32_t bits = FloatToBits(row.Weight(i));
    if (bits >= low.bits && bits < high.bits) {
      shared.candidates[atomicAdd(shared.count, 1)] = bits;
    }
  }
  __syncthreads();
  return *shared.count;
}

__device__ inline Counter CounterFor(const Border& low, const Border& high) {
  return {low.bits, (high.bits - low.bits + kCuts - 1) / kCuts};
}

// A beginning and its mass.
struct Found {
  Kept kept;
  Mass mass;
};

// The shortest beginning with `count` tokens, or with at least `mass`, whichever is not 0; all
// tokens of positive weight where there are no such.
__device__ inline Found Shortest(const Row& row, const Shared& shared, std::int64_t count,
                                 Mass mass) {
  const auto enough = [&](const Total& from) {
    return count > 0 ? from.count >= count : from.mass >= mass;
  };
  Border low{1, {}};  // always far enough, or as far as possible
  Border high{kOneBits + 1, {}};
  do {
    Counter counter = CounterFor(low, high);
    for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kDrawThreads) {
      const std::uint32_t bits = FloatToBits(row.Weight(i));
      if (bits < high.bits) counter.Add(bits);
    }
    MoveBorders(counter, shared, enough, low, high);
  } while (high.bits - low.bits > 1 && low.from.count - high.from.count > kMostCandidates);
  if (high.bits - low.bits > 1) {
    const std::int32_t candidates = Gather(row, shared, low, high);
    while (high.bits - low.bits > 1) {
      Counter counter = CounterFor(low, high);
      for (std::int32_t i = static_cast<std::int32_t>(threadIdx.x); i < candidates;
           i += kDrawThreads) {
        const std::uint32_t bits = shared.candidates[i];
        if (bits < high.bits) counter.Add(bits);
      }
      MoveBorders(counter, shared, enough, low, high);
    }
  }
  const std::int64_t ties = low.from.count - high.from.count;
  const Mass unit = MassOf(BitsToFloat(low.bits));
  std::int64_t wanted = 0;
  if (count > 0) {
    wanted = count - high.from.count;
  } else {
    const Mass missing = mass > high.from.mass ? mass - high.from.mass : 0;
    wanted = unit > 0 ? static_cast<std::int64_t>((missing + unit - 1) / unit) : ties;
  }
  wanted = wanted < ties ? wanted : ties;
  return {{low.bits, static_cast<std::int32_t>(wanted)},
          high.from.mass + static_cast<Mass>(wanted) * unit};
}

// Of all weights.
__device__ inline Mass TotalMass(const Row& row, const Shared& shared) {
  Mass mass = 0;
  for (std::int64_t i = threadIdx.x; i < row.vocabulary; i += kDrawThreads) {
    mass += MassOf(row.Weight(i));
  }
  return BlockSum(mass, shared.wide);
}

__device__ inline Kept Shorter(Kept a, Kept b) {
  if (a.bits != b.bits) return a.bits > b.bits ? a : b;
  return a.ties < b.ties ? a : b;
}

__device__ inline Kept Cut(const Row& row, const Shared& shared, const DrawRow& draw) {
  constexpr std::int32_t kAll = 0x7FFFFFFF;
  const std::uint32_t least = FloatToBits(draw.min_p);
  Kept kept{least > 1 ? least : 1, kAll};
  Mass total = 0;
  if (draw.top_k > 0 && draw.top_k < row.vocabulary) {
    const Found first = Shortest(row, shared, draw.top_k, 0);
    total = first.mass;
    kept = Shorter(kept, first.kept);
  } else if (draw.top_p < 1) {
    total = TotalMass(row, shared);
  }
  if (draw.top_p < 1) {
    const double mass = draw.top_p * static_cast<double>(total);
    const auto whole = static_cast<Mass>(mass);
    const Mass wanted = static_cast<double>(whole) < mass ? whole + 1 : whole;
    kept = Shorter(kept, Shortest(row, shared, 0, wanted > 0 ? wanted : 1).kept);
  }
  return kept;
}

}  // namespace assay::cuda::draw
