// runner/model/cuda/kernels/attention.h -- Attention of rows over the paged cache. Its CPU
// reference is reference::Attend.
//
// Every row's sums run in an order that depends on its own position alone:
//   Decode: stretches of kSplit positions, joined in ascending order. Bf16 and Half with heads up
//   to
//     kMostTileDim wide: within a stretch tiles of 32 positions, products by the matrix units.
//     Others: a chain of fused multiply-adds over the dimensions for each score, then partial sums
//     by position modulo 4.
//   Prefill: tiles of 64 positions in ascending order, products by the matrix units.
// Decode and Prefill differ in rounding, so rows of prompts always go through Prefill where it is
// to be had, drawn tokens always through Decode.
#pragma once

#include "runner/model/cuda/kernels/cache.h"

namespace assay::cuda {

inline constexpr std::int64_t kSplit = 256;        // positions of one stretch
inline constexpr std::int64_t kMostHeadDim = 256;  // of Decode
inline constexpr std::int64_t kMostTileDim = 128;  // where the matrix units are used
inline constexpr std::int64_t kPrefillRows = 64;   // of a tile

constexpr std::int64_t SplitsFor(std::int64_t positions) {
  return (positions + kSplit - 1) / kSplit;
}

template <class T>
struct AttentionArgs {
  const T* qkv = nullptr;       // row r begins with its queries [heads][head_dim]
  std::int64_t row_stride = 0;  // elements of a row of qkv
  std::int64_t first_row = 0;   // Decode: rows first_row to first_row + rows - 1
  std::int64_t rows = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;  // a multiple of 8
  float scale = 1;
  float cap = 0;                            // of scores, see rows.h; 0: none
  std::int64_t window = 0;                  // positions that a row sees, the last ones; 0: all
  const std::int32_t* positions = nullptr;  // of each row: it sees up to positions[r]
  CacheView<T> cache;
  T* out = nullptr;  // [row][heads * head_dim]

  // Kernels for rows that see everything as it is are compiled apart: they need fewer registers.
  bool IsLimited() const { return window > 0 || cap > 0; }
};

// The first position that a row at `position` sees.
template <class T>
ASSAY_BOTH std::int64_t FirstSeen(const AttentionArgs<T>& a, std::int64_t position) {
  return a.window > 0 && position >= a.window ? position - a.window + 1 : 0;
}

// What Decode needs beside it for rows of several stretches.
struct DecodeRoom {
  float* partial = nullptr;         // PartialFloats
  std::int32_t* arrived = nullptr;  // for each row and head; zero before a call, and after it
};

constexpr std::int64_t kPieceHeader = 4;  // floats of a partial result before its sums

constexpr std::int64_t PartialFloats(std::int64_t rows, std::int64_t heads, std::int64_t head_dim,
                                     std::int64_t splits) {
  return splits > 1 ? rows * heads * splits * (head_dim + kPieceHeader) : 0;
}

// `splits` is at least SplitsFor(position + 1) of every row.
template <class T>
void AttendDecode(void* stream, const AttentionArgs<T>& args, std::int64_t splits,
                  const DecodeRoom& room);

// A tile of up to kPrefillRows rows with ascending positions of one sequence.
struct PrefillTile {
  std::int32_t first_row;
  std::int32_t rows;
};
// Bf16 and Half with head_dim a multiple of 8 up to kMostTileDim.
template <class T>
void AttendPrefill(void* stream, const AttentionArgs<T>& args, const PrefillTile* tiles,
                   std::int64_t count);

}  // namespace assay::cuda
