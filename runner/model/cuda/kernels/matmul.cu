#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/matmul.h"
#include "runner/model/cuda/kernels/tile.h"

namespace assay::cuda {
namespace {

constexpr std::int64_t DivideUp(std::int64_t n, std::int64_t by) { return (n + by - 1) / by; }

// A block of kWarpsM x kWarpsN warps, each of kTilesM x kTilesN tiles of 16 x 8 outputs, with
// kStages steps of kDepth inputs in flight.
template <int kWarpsM_, int kWarpsN_, int kTilesM_, int kTilesN_, int kStages_>
struct Shape {
  static constexpr int kWarpsM = kWarpsM_;
  static constexpr int kWarpsN = kWarpsN_;
  static constexpr int kTilesM = kTilesM_;
  static constexpr int kTilesN = kTilesN_;
  static constexpr int kStages = kStages_;
  static constexpr int kRows = kWarpsM * kTilesM * 16;
  static constexpr int kColumns = kWarpsN * kTilesN * 8;
  static constexpr int kThreads = kWarpsM * kWarpsN * 32;
  static constexpr int kDepth = 32;           // inputs of a step
  static constexpr int kStride = kDepth + 8;  // of shared rows: keeps a warp's reads from clashing
  static constexpr int kStageSize = (kRows + kColumns) * kStride;
};
// Few rows make few blocks, whose only way to keep memory busy is to ask far ahead.
using FewRows = Shape<1, 4, 1, 1, 12>;  // 16 x 32
using SomeRows = Shape<2, 2, 2, 4, 4>;  // 64 x 64
using ManyRows = Shape<2, 4, 4, 4, 3>;  // 128 x 128

// Fetches rows [first, first + count) of a matrix with `limit` rows, inputs [at, at + kDepth).
template <class S, class T>
__device__ void Fetch(const T* matrix, std::int64_t first, int count, std::int64_t limit,
                      std::int64_t inputs, std::int64_t at, T* shared) {
  constexpr int kPieces = S::kDepth / 8;  // of 16 bytes in a row
  for (int i = static_cast<int>(threadIdx.x); i < count * kPieces; i += S::kThreads) {
    const int row = i / kPieces;
    const int piece = i % kPieces * 8;
    const bool valid = first + row < limit && at + piece < inputs;
    const T* from = valid ? matrix + (first + row) * inputs + at + piece : matrix;
    CopyAsync16(shared + row * S::kStride + piece, from, valid);
  }
}

template <class S, class T>
__device__ void FetchStep(const MatmulArgs<T>& a, std::int64_t row, std::int64_t column,
                          std::int64_t step, T* shared) {
  T* stage = shared + step % S::kStages * S::kStageSize;
  Fetch<S>(a.x, row, S::kRows, a.rows, a.inputs, step * S::kDepth, stage);
  Fetch<S>(a.w, column, S::kColumns, a.outputs, a.inputs, step * S::kDepth,
           stage + S::kRows * S::kStride);
}

template <class S, class T>
__device__ void MultiplyStep(const T* stage, unsigned warp_m, unsigned warp_n,
                             float (&sums)[S::kTilesM][S::kTilesN][4]) {
  const T* x = stage + warp_m * S::kTilesM * 16 * S::kStride;
  const T* w = stage + (S::kRows + warp_n * S::kTilesN * 8) * S::kStride;
  for (int k = 0; k < S::kDepth; k += 16) {
    std::uint32_t left[S::kTilesM][4];
    for (int m = 0; m < S::kTilesM; ++m) LoadLeft(x + m * 16 * S::kStride + k, S::kStride, left[m]);
    for (int n = 0; n < S::kTilesN; ++n) {
      std::uint32_t right[2];
      LoadRightTransposed(w + n * 8 * S::kStride + k, S::kStride, right);
      for (int m = 0; m < S::kTilesM; ++m) MultiplyTile(sums[m][n], left[m], right, T{});
    }
  }
}

template <class S, class T, class Out>
__global__ void __launch_bounds__(S::kThreads) MatmulKernel(MatmulArgs<T> a, Out* y) {
  LetNextBegin();
  WaitForPrevious();
  T* shared = reinterpret_cast<T*>(SharedBytes());
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * S::kRows;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * S::kColumns;
  const std::int64_t steps = DivideUp(a.inputs, S::kDepth);
  for (int step = 0; step < S::kStages - 1; ++step) {
    if (step < steps) FetchStep<S>(a, row, column, step, shared);
    CommitCopies();
  }
  const unsigned warp_m = threadIdx.x / kWarp / S::kWarpsN;
  const unsigned warp_n = threadIdx.x / kWarp % S::kWarpsN;
  float sums[S::kTilesM][S::kTilesN][4] = {};
  for (std::int64_t step = 0; step < steps; ++step) {
    WaitCopies<S::kStages - 2>();
    __syncthreads();
    const std::int64_t next = step + S::kStages - 1;
    if (next < steps) FetchStep<S>(a, row, column, next, shared);
    CommitCopies();
    MultiplyStep<S>(shared + step % S::kStages * S::kStageSize, warp_m, warp_n, sums);
  }
  const unsigned lane = threadIdx.x % kWarp;
  for (int m = 0; m < S::kTilesM; ++m) {
    for (int n = 0; n < S::kTilesN; ++n) {
      for (int i = 0; i < 4; ++i) {
        const std::int64_t at_row = row + (warp_m * S::kTilesM + m) * 16 + lane / 4 + i / 2 * 8;
        const std::int64_t at_column =
            column + (warp_n * S::kTilesN + n) * 8 + lane % 4 * 2 + i % 2;
        if (at_row < a.rows && at_column < a.outputs) {
          y[at_row * a.outputs + at_column] = FromFloat<Out>(sums[m][n][i]);
        }
      }
    }
  }
}

template <class S, class T, class Out>
void LaunchTiles(void* stream, const MatmulArgs<T>& args, Out* y) {
  Launch({static_cast<unsigned>(DivideUp(args.outputs, S::kColumns)),
          static_cast<unsigned>(DivideUp(args.rows, S::kRows)), 1, S::kThreads,
          S::kStages * S::kStageSize * sizeof(T)},
         stream, MatmulKernel<S, T, Out>, args, y);
}

// Floats: a block of 64 x 64 outputs, each thread 4 x 4 of them, 16 inputs a step.
constexpr int kSide = 64;
constexpr int kFloatDepth = 16;
constexpr int kFloatStride = kSide + 4;

__global__ void __launch_bounds__(256) FloatMatmulKernel(MatmulArgs<float> a, float* y) {
  LetNextBegin();
  WaitForPrevious();
  float* left = reinterpret_cast<float*>(SharedBytes());  // [kFloatDepth][kFloatStride]
  float* right = left + kFloatDepth * kFloatStride;
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * kSide;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kSide;
  const unsigned my_row = threadIdx.x / 16 * 4;
  const unsigned my_column = threadIdx.x % 16 * 4;
  float sums[4][4] = {};
  for (std::int64_t at = 0; at < a.inputs; at += kFloatDepth) {
    for (int i = static_cast<int>(threadIdx.x); i < kSide * kFloatDepth; i += 256) {
      const int k = i % kFloatDepth;
      const int n = i / kFloatDepth;
      const bool inside = at + k < a.inputs;
      left[k * kFloatStride + n] =
          inside && row + n < a.rows ? a.x[(row + n) * a.inputs + at + k] : 0.0F;
      right[k * kFloatStride + n] =
          inside && column + n < a.outputs ? a.w[(column + n) * a.inputs + at + k] : 0.0F;
    }
    __syncthreads();
    const int depth = static_cast<int>(a.inputs - at < kFloatDepth ? a.inputs - at : kFloatDepth);
    for (int k = 0; k < depth; ++k) {
      for (int m = 0; m < 4; ++m) {
        for (int n = 0; n < 4; ++n) {
          sums[m][n] = fmaf(left[k * kFloatStride + my_row + m],
                            right[k * kFloatStride + my_column + n], sums[m][n]);
        }
      }
    }
    __syncthreads();
  }
  for (int m = 0; m < 4; ++m) {
    for (int n = 0; n < 4; ++n) {
      if (row + my_row + m < a.rows && column + my_column + n < a.outputs) {
        y[(row + my_row + m) * a.outputs + column + my_column + n] = sums[m][n];
      }
    }
  }
}

}  // namespace

template <class T, class Out>
void Matmul(void* stream, const MatmulArgs<T>& args, Out* y) {
  if constexpr (sizeof(T) == sizeof(float)) {
    Launch({static_cast<unsigned>(DivideUp(args.outputs, kSide)),
            static_cast<unsigned>(DivideUp(args.rows, kSide)), 1, 256,
            2 * kFloatDepth * kFloatStride * sizeof(float)},
           stream, FloatMatmulKernel, args, y);
  } else if (args.rows <= FewRows::kRows) {
    LaunchTiles<FewRows>(stream, args, y);
  } else if (args.rows <= 2 * SomeRows::kRows) {
    LaunchTiles<SomeRows>(stream, args, y);
  } else {
    LaunchTiles<ManyRows>(stream, args, y);
  }
}

template void Matmul<float, float>(void*, const MatmulArgs<float>&, float*);
template void Matmul<Bf16, Bf16>(void*, const MatmulArgs<Bf16>&, Bf16*);
template void Matmul<Bf16, float>(void*, const MatmulArgs<Bf16>&, float*);
template void Matmul<Half, Half>(void*, const MatmulArgs<Half>&, Half*);
template void Matmul<Half, float>(void*, const MatmulArgs<Half>&, float*);

}  // namespace assay::cuda
