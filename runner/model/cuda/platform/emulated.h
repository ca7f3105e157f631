// runner/model/cuda/platform/emulated.h -- A GPU imitated by the processor, to find faults of
// kernels where there is no GPU.
//
// Theory of operation. A block's threads are fibers that run one after the other on the calling
// thread; each runs until it waits at a barrier of its block or warp. Blocks run one after the
// other. A barrier that some thread never reaches, or that threads pass in different numbers, ends
// the program with a message. Shared memory is filled with NaNs before each block, so that what is
// read before it is written shows. Asynchronous copies arrive as late as their thread's waiting
// allows; in descending order at once. A kernel whose threads do not all come to WaitForPrevious
// ends the program as well. Threads run in ascending order, or in descending order where the
// environment variable ASSAY_EMULATED_BACKWARDS is set: kernels whose results differ lack a
// barrier. What it cannot show: faults of memory ordering between warps, of the real matrix units'
// rounding, of launch limits; and speed.
//
// Launches while a stream is being captured are recorded, as on a GPU (device.h).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#include "runner/model/cuda/platform/numbers.h"

// NOLINTBEGIN(bugprone-reserved-identifier): CUDA's names.
#define __global__
#define __device__
#define __launch_bounds__(...)

namespace assay::cuda {

namespace emulated {

struct Index {
  unsigned x = 0;
  unsigned y = 0;
  unsigned z = 0;
};

// Of the fiber that runs.
extern Index g_thread;
extern Index g_block;
extern Index g_block_size;
extern Index g_grid_size;

void NoteWaited();
// 16 bytes, zeros where `global` is null. Copies of a thread arrive in groups.
void StartCopy(void* shared, const void* global);
void CloseCopies();
void FinishCopies(std::size_t all_but);
void BlockBarrier();
void WarpBarrier();
unsigned char* Shared();
// Where lane `lane` of the running warp leaves what it hands to the others.
unsigned char* Mailbox(unsigned lane);
inline constexpr std::size_t kMailboxBytes = 32;

// Runs `thread` for every thread of the grid, or records it where `stream` is being captured.
void Run(const LaunchShape& shape, void* stream, std::function<void()> thread);

// Hands `mine` to the other lanes and calls read(value of a lane) before anybody goes on.
template <class T, class Read>
void Exchange(const T& mine, const Read& read) {
  static_assert(sizeof(T) <= kMailboxBytes);
  std::memcpy(Mailbox(g_thread.x % kWarp), &mine, sizeof(T));
  WarpBarrier();
  read([](unsigned lane) {
    T value;
    std::memcpy(&value, Mailbox(lane), sizeof(T));
    return value;
  });
  WarpBarrier();
}

}  // namespace emulated

#define threadIdx (::assay::cuda::emulated::g_thread)
#define blockIdx (::assay::cuda::emulated::g_block)
#define blockDim (::assay::cuda::emulated::g_block_size)
#define gridDim (::assay::cuda::emulated::g_grid_size)

inline void LetNextBegin() {}
inline void WaitForPrevious() { emulated::NoteWaited(); }
inline void __threadfence() {}
inline void __syncthreads() { emulated::BlockBarrier(); }
inline void __syncwarp() { emulated::WarpBarrier(); }

template <class T>
T __shfl_sync(unsigned /*lanes*/, T value, unsigned lane) {
  T out{};
  emulated::Exchange(value, [&](const auto& of) { out = of(lane); });
  return out;
}
template <class T>
T __shfl_xor_sync(unsigned lanes, T value, unsigned mask) {
  return __shfl_sync(lanes, value, threadIdx.x % kWarp ^ mask);
}

// Threads never run at the same time.
template <class T>
T atomicAdd(T* to, T value) {
  const T before = *to;
  *to = before + value;
  return before;
}

inline unsigned char* SharedBytes() { return emulated::Shared(); }

inline void CopyAsync16(void* shared, const void* global, bool valid) {
  emulated::StartCopy(shared, valid ? global : nullptr);
}
inline void CommitCopies() { emulated::CloseCopies(); }
template <int n>
void WaitCopies() {
  emulated::FinishCopies(n);
}

// sum[16][8] += a[16][16] * b[16][8]. With g = lane / 4 and t = lane % 4 a lane holds
//   a: rows g, g+8, g, g+8 at columns 2t, 2t, 2t+8, 2t+8 and the column after each
//   b: column g at rows 2t and 2t+8 and the row after each
//   sum: row g at columns 2t and 2t+1, then row g+8 at the same
template <class T>
void MultiplyTile(float (&sum)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                  T /*type*/) {
  const std::array<std::uint32_t, 6> mine = {a[0], a[1], a[2], a[3], b[0], b[1]};
  const unsigned group = threadIdx.x % kWarp / 4;
  const unsigned within = threadIdx.x % 4;
  const auto half = [](std::uint32_t pair, unsigned which) {
    return ToFloat(T{static_cast<std::uint16_t>(pair >> (16 * which))});
  };
  emulated::Exchange(mine, [&](const auto& of) {
    for (unsigned k = 0; k < 16; ++k) {
      const unsigned owner = k % 8 / 2;  // t of the lanes that hold column k of a and row k of b
      const auto left = of(group * 4 + owner);
      for (unsigned column = 0; column < 2; ++column) {
        const float y = half(of((2 * within + column) * 4 + owner)[4 + k / 8], k % 2);
        sum[column] = std::fma(half(left[k / 8 * 2], k % 2), y, sum[column]);
        sum[2 + column] = std::fma(half(left[k / 8 * 2 + 1], k % 2), y, sum[2 + column]);
      }
    }
  });
}

template <class... Parameters, class... Arguments>
void Launch(const LaunchShape& shape, void* stream, void (*kernel)(Parameters...),
            Arguments... arguments) {
  emulated::Run(shape, stream, [=] { kernel(arguments...); });
}

// NOLINTEND(bugprone-reserved-identifier)

}  // namespace assay::cuda
