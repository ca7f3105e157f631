#include "runner/model/cuda/open.h"

namespace assay::cuda {

Result<Opened> Open(const std::string& /*name*/, const ModelConfig& /*config*/,
                    const std::shared_ptr<const TensorSource>& /*weights*/,
                    const Options& /*options*/) {
  return Fail(ErrorCode::kUnavailable,
              "device cuda: this build has no GPU module (build with `cmake --preset cuda`)");
}

}  // namespace assay::cuda
