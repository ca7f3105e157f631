#include "runner/model/cuda/kernels/math.h"
#include "runner/model/cuda/kernels/matmul.h"

namespace assay::cuda {
namespace {

// A team of kTeam warps computes a pair of outputs of all rows; a lane takes 16 bytes of the
// inputs at a time. kSteps of them are asked for before the first is used, and the first of all
// before the previous kernel has ended, which does not write weights.
constexpr int kPair = 2;
constexpr int kSteps = 4;
constexpr unsigned kThreads = 128;
constexpr unsigned kWarps = kThreads / kWarp;

template <class T>
inline constexpr int kVector = 16 / static_cast<int>(sizeof(T));

// 16 bytes of a row of `inputs` from `k` on; zeros beyond its end.
template <class T>
__device__ Bytes16 LoadInputs(const T* row, std::int64_t inputs, std::int64_t k) {
  Bytes16 bytes{};
  if (k < inputs) bytes = *reinterpret_cast<const Bytes16*>(row + k);
  return bytes;
}

template <class T>
__device__ void LoadWeights(const T* const (&rows)[kPair], std::int64_t inputs, std::int64_t k,
                            std::int64_t step, Bytes16 (&weights)[kSteps][kPair]) {
  for (int s = 0; s < kSteps; ++s) {
    for (int n = 0; n < kPair; ++n) weights[s][n] = LoadInputs(rows[n], inputs, k + s * step);
  }
}

template <class T, int kRows>
__device__ void MultiplyWeights(const MatmulArgs<T>& a, std::int64_t k, std::int64_t step,
                                const Bytes16 (&weights)[kSteps][kPair],
                                float (&sums)[kRows][kPair]) {
  for (int m = 0; m < kRows; ++m) {
    Bytes16 row[kSteps];
    for (int s = 0; s < kSteps; ++s) {
      row[s] = LoadInputs(a.x + m * a.inputs, a.inputs, k + s * step);
    }
    for (int s = 0; s < kSteps; ++s) {
      const T* x = reinterpret_cast<const T*>(&row[s]);
      for (int n = 0; n < kPair; ++n) {
        const T* w = reinterpret_cast<const T*>(&weights[s][n]);
        for (int i = 0; i < kVector<T>; ++i) {
          sums[m][n] = fmaf(ToFloat(x[i]), ToFloat(w[i]), sums[m][n]);
        }
      }
    }
  }
}

// sums of the team's lanes, in lane 0 of its first warp.
template <int kRows, int kTeam>
__device__ void SumTeam(float (&sums)[kRows][kPair]) {
  float* scratch = reinterpret_cast<float*>(SharedBytes());  // [kTeam][kRows][kPair]
  const unsigned warp = threadIdx.x / kWarp;
  for (int m = 0; m < kRows; ++m) {
    for (int n = 0; n < kPair; ++n) {
      sums[m][n] = WarpSum(sums[m][n]);
      if (kTeam > 1 && threadIdx.x % kWarp == 0) {
        scratch[(warp * kRows + m) * kPair + n] = sums[m][n];
      }
    }
  }
  if (kTeam == 1) return;
  __syncthreads();
  for (int m = 0; m < kRows; ++m) {
    for (int n = 0; n < kPair; ++n) {
      sums[m][n] = scratch[m * kPair + n];
      for (int w = 1; w < kTeam; ++w) sums[m][n] += scratch[(w * kRows + m) * kPair + n];
    }
  }
}

// What becomes of a pair of sums: two neighbouring outputs, or (kGated) a gate and its value, which
// make one number.
template <class T, class Out, int kRows, int kTeam, bool kGated>
__global__ void __launch_bounds__(kThreads)
    MatVecKernel(MatmulArgs<T> a, const float* bias, Out* y) {
  static_assert(kTeam == 1 || kTeam == kWarps);
  LetNextBegin();
  const std::int64_t pair =
      static_cast<std::int64_t>(blockIdx.x) * (kWarps / kTeam) + threadIdx.x / kWarp / kTeam;
  const std::int64_t width = a.outputs / 2;
  const T* rows[kPair];
  for (int n = 0; n < kPair; ++n) {
    const std::int64_t output = kGated ? pair + n * width : pair * 2 + n;
    rows[n] = a.w + (output < a.outputs ? output : a.outputs - 1) * a.inputs;
  }
  constexpr std::int64_t kStep = kTeam * static_cast<int>(kWarp) * kVector<T>;
  std::int64_t k = static_cast<std::int64_t>(threadIdx.x % (kTeam * kWarp)) * kVector<T>;
  Bytes16 weights[kSteps][kPair];
  LoadWeights(rows, a.inputs, k, kStep, weights);
  WaitForPrevious();
  float sums[kRows][kPair] = {};
  while (true) {
    MultiplyWeights<T, kRows>(a, k, kStep, weights, sums);
    k += kSteps * kStep;
    if (k >= a.inputs) break;
    LoadWeights(rows, a.inputs, k, kStep, weights);
  }
  SumTeam<kRows, kTeam>(sums);
  if (threadIdx.x % (kTeam * kWarp) != 0) return;
  for (int m = 0; m < kRows; ++m) {
    if constexpr (kGated) {
      if (pair >= width) continue;
      const float gate = bias == nullptr ? sums[m][0] : sums[m][0] + bias[pair];
      const float up = bias == nullptr ? sums[m][1] : sums[m][1] + bias[width + pair];
      y[m * width + pair] = FromFloat<Out>(Silu(gate) * up);
    } else {
      for (int n = 0; n < kPair; ++n) {
        const std::int64_t output = pair * 2 + n;
        if (output < a.outputs) y[m * a.outputs + output] = FromFloat<Out>(sums[m][n]);
      }
    }
  }
}

template <class T, class Out, int kRows, bool kGated>
void LaunchMatVec(void* stream, const MatmulArgs<T>& args, const float* bias, Out* y) {
  const std::int64_t pairs = (args.outputs + 1) / kPair;
  // Where few outputs have many inputs each, all warps of a block share them.
  if (args.inputs >= 2048 && pairs < 4096) {
    Launch({static_cast<unsigned>(pairs), 1, 1, kThreads, kWarps * kRows * kPair * sizeof(float)},
           stream, MatVecKernel<T, Out, kRows, kWarps, kGated>, args, bias, y);
  } else {
    Launch({static_cast<unsigned>((pairs + kWarps - 1) / kWarps), 1, 1, kThreads, 0}, stream,
           MatVecKernel<T, Out, kRows, 1, kGated>, args, bias, y);
  }
}

template <class T, class Out, bool kGated>
void MatVecFor(void* stream, const MatmulArgs<T>& args, const float* bias, Out* y) {
  if (args.rows == 1) {
    LaunchMatVec<T, Out, 1, kGated>(stream, args, bias, y);
  } else if (args.rows == 2) {
    LaunchMatVec<T, Out, 2, kGated>(stream, args, bias, y);
  } else if (args.rows == 3) {
    LaunchMatVec<T, Out, 3, kGated>(stream, args, bias, y);
  } else {
    LaunchMatVec<T, Out, 4, kGated>(stream, args, bias, y);
  }
}

}  // namespace

template <class T, class Out>
void MatVec(void* stream, const MatmulArgs<T>& args, Out* y) {
  MatVecFor<T, Out, false>(stream, args, nullptr, y);
}

template <class T>
void MatVecSwiGlu(void* stream, const MatmulArgs<T>& args, const float* bias, T* y) {
  MatVecFor<T, T, true>(stream, args, bias, y);
}

#define ASSAY_FOR_TYPE(T)                                      \
  template void MatVec<T, T>(void*, const MatmulArgs<T>&, T*); \
  template void MatVecSwiGlu<T>(void*, const MatmulArgs<T>&, const float*, T*);
ASSAY_FOR_TYPE(float)
ASSAY_FOR_TYPE(Bf16)
ASSAY_FOR_TYPE(Half)
#undef ASSAY_FOR_TYPE
template void MatVec<Bf16, float>(void*, const MatmulArgs<Bf16>&, float*);
template void MatVec<Half, float>(void*, const MatmulArgs<Half>&, float*);

}  // namespace assay::cuda
