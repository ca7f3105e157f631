#include "runner/model/cuda/open.h"

#include "runner/model/cuda/backend.h"

namespace assay::cuda {

Result<Opened> Open(const std::string& name, const ModelConfig& config,
                    const std::shared_ptr<const TensorSource>& weights, const Options& options) {
  return OpenOnDevice(name, config, weights, options);
}

}  // namespace assay::cuda
