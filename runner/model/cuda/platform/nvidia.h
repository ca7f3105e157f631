// runner/model/cuda/platform/nvidia.h -- The platform of platform.h on a GPU.
#pragma once

#include <cuda_runtime.h>

#include <cstdlib>
#include <cstring>

#include "runner/model/cuda/platform/numbers.h"

namespace assay::cuda {

__device__ inline unsigned char* SharedBytes() {
  extern __shared__ __align__(16) unsigned char assay_shared_bytes[];
  return assay_shared_bytes;
}

// Copies 16 aligned bytes, or puts 16 zeros where not `valid` (`global` is not read then).
__device__ inline void CopyAsync16(void* shared, const void* global, bool valid) {
  const auto to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(global),
               "r"(valid ? 16 : 0));
}
__device__ inline void CommitCopies() { asm volatile("cp.async.commit_group;"); }
// Until all but the last `n` groups of this thread have arrived.
template <int n>
__device__ inline void WaitCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(n) : "memory");
}

// sum += a * b for tiles of 16 x 16 and 16 x 8 spread over a warp, as PTX's mma.m16n8k16 lays them
// out (see emulated.h).
__device__ inline void MultiplyTile(float (&sum)[4], const std::uint32_t (&a)[4],
                                    const std::uint32_t (&b)[2], Bf16 /*type*/) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
      "{%8,%9}, {%0,%1,%2,%3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline void MultiplyTile(float (&sum)[4], const std::uint32_t (&a)[4],
                                    const std::uint32_t (&b)[2], Half /*type*/) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
      "{%8,%9}, {%0,%1,%2,%3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Lets the next kernel of the stream begin as soon as every block of this one has come here, where
// that kernel was launched to overlap (Launch). Its blocks wait in WaitForPrevious.
__device__ inline void LetNextBegin() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;");
#endif
}
// Until the kernels before this one have ended and what they wrote can be read. Since every kernel
// waits so, "the one before has ended" says that all before it have.
__device__ inline void WaitForPrevious() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// Whether kernels may begin before the ones ahead of them have ended: on compute capability 9.0 or
// more, and if what runs there was compiled for it, so that its kernels do wait.
// ASSAY_CUDA_OVERLAP=0 forbids it, to find out whether a fault comes from there.
inline bool MayOverlap() {
  constexpr int kCompiledFor[] = {__CUDA_ARCH_LIST__};
  bool waits = false;
  for (const int arch : kCompiledFor) waits = waits || arch == 900;
  static const char* const wanted = std::getenv("ASSAY_CUDA_OVERLAP");
  if (!waits || (wanted != nullptr && std::strcmp(wanted, "0") == 0)) return false;
  int device = 0;
  int major = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major >= 9;
}

// Failures show at the stream's next Synchronize.
template <class... Parameters, class... Arguments>
void Launch(const LaunchShape& shape, void* stream, void (*kernel)(Parameters...),
            Arguments... arguments) {
  constexpr std::size_t kWithoutAsking = 48 * 1024;
  if (shape.shared_bytes > kWithoutAsking) {
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shape.shared_bytes));
  }
  cudaLaunchAttribute overlap{};
  overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  overlap.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(shape.grid_x, shape.grid_y, shape.grid_z);
  config.blockDim = dim3(shape.threads);
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = static_cast<cudaStream_t>(stream);
  config.attrs = &overlap;
  config.numAttrs = MayOverlap() ? 1 : 0;
  cudaLaunchKernelEx(&config, kernel, arguments...);
}

}  // namespace assay::cuda
