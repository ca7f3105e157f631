// runner/model/transformer/kernels/kernel_sets.h -- The sets that table.cpp chooses from.
#pragma once

#include <cstdint>

#include "runner/model/transformer/kernels/types.h"

namespace assay::kernels {

// Plain pointers only: this header is compiled for several instruction sets.
struct KernelTable {
  const char* name;  // "avx512", "avx2", "portable"
  void (*linear)(const LinearArgs& args, std::int64_t first_panel, std::int64_t last_panel);
  void (*quantize_row)(const float* x, std::int64_t n, std::int8_t* values, float* scales,
                       std::int32_t* sums);
  void (*rms_norm)(const float* x, const float* weight, std::int64_t n, float epsilon, float* y);
  void (*rotate)(float* head, const float* cos, const float* sin, std::int64_t head_dim);
  void (*attend)(const AttentionArgs& args);
  void (*to_half)(const float* x, std::int64_t n, std::uint16_t* halves);
  void (*swiglu)(const float* gate, const float* up, std::int64_t n, float* y);
  void (*soft_cap)(float* x, std::int64_t n, float cap);
  float (*max)(const float* x, std::int64_t n);
  double (*exponentials)(const float* x, std::int64_t n, float max, float factor, float* out,
                         double* block_sums);
};

extern const KernelTable kPortableKernels;
extern const KernelTable kAvx2Kernels;    // x86-64 only
extern const KernelTable kAvx512Kernels;  // x86-64 only

}  // namespace assay::kernels
