// runner/model/cuda/blas.h -- Products by NVIDIA's cuBLASLt, where it is installed. It is loaded
// when first needed, so that programs start without it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runner/model/cuda/device.h"

namespace assay::cuda {

enum class Number { kFloat, kBf16, kHalf };

class Blas {
 public:
  // kUnavailable saying what was looked for. ASSAY_CUBLASLT names the library's file; else
  // libcublasLt.so.13 as the system finds it.
  static Result<std::unique_ptr<Blas>> Open();
  virtual ~Blas() = default;

  // y [rows][outputs] = x [rows][inputs] * w [outputs][inputs]^T; x and w are of `type`, y of
  // `out`. False where the library refuses these sizes; nothing was launched then.
  virtual bool Multiply(Stream& stream, Number type, Number out, const void* x, const void* w,
                        std::int64_t rows, std::int64_t inputs, std::int64_t outputs, void* y) = 0;
};

}  // namespace assay::cuda
