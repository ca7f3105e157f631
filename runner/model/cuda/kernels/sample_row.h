// runner/model/cuda/kernels/sample_row.h -- What the kernels that draw know of a row, and the
// memory they share.
#pragma once

#include "runner/model/cuda/kernels/math.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay::cuda::draw {

using Mass = unsigned long long;  // of weights, in units of 2^-40

// A block that draws has kDrawThreads threads.
inline constexpr unsigned kDrawThreads = 512;
inline constexpr std::int64_t kBlock = kernels::kSumBlock;
inline constexpr std::int64_t kChunkBlocks = 8;  // blocks of a chunk
inline constexpr std::int64_t kChunk = kChunkBlocks * kBlock;
inline constexpr int kCuts = 4;               // borders that a pass looks at
inline constexpr int kMostCandidates = 2048;  // weights between borders that shared memory holds
inline constexpr double kMassOfOne = 1LL << 40;
inline constexpr std::uint32_t kOneBits = 0x3F800000;  // of 1.0F, the largest weight

constexpr std::int64_t Blocks(std::int64_t vocabulary) {
  return (vocabulary + kBlock - 1) / kBlock;
}
constexpr std::int64_t Chunks(std::int64_t vocabulary) {
  return (vocabulary + kChunk - 1) / kChunk;
}

// The shared memory of a block that draws.
struct Shared {
  double* sums;               // of each kBlock weights
  unsigned long long* wide;   // one a warp
  double* chosen;             // what thread 0 found
  float* stretch;             // kBlock weights
  std::int32_t* ties;         // of each kBlock weights
  std::int32_t* place;        // what thread 0 found
  std::int32_t* count;        // of candidates
  std::uint32_t* candidates;  // bits of weights
  __device__ explicit Shared(std::int64_t blocks)
      : sums(reinterpret_cast<double*>(SharedBytes())),
        wide(reinterpret_cast<unsigned long long*>(sums + blocks)),
        chosen(reinterpret_cast<double*>(wide + kDrawThreads / kWarp)),
        stretch(reinterpret_cast<float*>(chosen + 1)),
        ties(reinterpret_cast<std::int32_t*>(stretch + kBlock)),
        place(ties + blocks),
        count(place + 1),
        candidates(reinterpret_cast<std::uint32_t*>(count + 1)) {}
  static std::size_t Bytes(std::int64_t blocks) {
    return static_cast<std::size_t>(blocks) * (sizeof(double) + sizeof(std::int32_t)) +
           (kDrawThreads / kWarp + 1) * sizeof(double) + kBlock * sizeof(float) +
           (2 + kMostCandidates) * sizeof(std::int32_t);
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

__device__ inline Mass MassOf(float weight) {
  return static_cast<Mass>(static_cast<double>(weight) * kMassOfOne + 0.5);
}

}  // namespace assay::cuda::draw
