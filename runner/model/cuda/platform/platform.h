// runner/model/cuda/platform/platform.h -- What a kernel's source needs of the machine it is
// compiled for: a GPU, or the processor that imitates one (emulated.h).
//
// Kernels are written in CUDA's own words (threadIdx, __syncthreads, __shfl_xor_sync) plus:
//   SharedBytes()             the block's dynamic shared memory
//   CopyAsync16, CommitCopies, WaitCopies<n>   copies from global to shared memory in groups
//   MultiplyTile              one product of the matrix units
//   LetNextBegin, WaitForPrevious   a kernel may begin while the one before it ends
//   Launch                    from the host
//
// A kernel begins by both of these, and reads before the second only what no kernel writes.
// The tests run the same sources on both.
#pragma once

#include <cstddef>

namespace assay::cuda {

struct LaunchShape {
  unsigned grid_x = 1;
  unsigned grid_y = 1;
  unsigned grid_z = 1;
  unsigned threads = 1;  // of a block; a multiple of 32
  std::size_t shared_bytes = 0;
};

inline constexpr unsigned kWarp = 32;
inline constexpr unsigned kAllLanes = 0xFFFFFFFFU;

}  // namespace assay::cuda

#ifdef __CUDACC__
#include "runner/model/cuda/platform/nvidia.h"
#else
#include "runner/model/cuda/platform/emulated.h"
#endif
