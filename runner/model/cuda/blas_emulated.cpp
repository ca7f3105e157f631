#include "runner/model/cuda/blas.h"

namespace assay::cuda {

Result<std::unique_ptr<Blas>> Blas::Open() {
  return Fail(ErrorCode::kUnavailable, "an emulated GPU has no cuBLASLt");
}

}  // namespace assay::cuda
