#include "runner/model/cuda/open.h"

#include <utility>

#include "runner/model/cuda/backend.h"

namespace assay::cuda {

Result<Opened> Open(const std::string& name, const ModelConfig& config,
                    std::shared_ptr<const TensorSource> weights, const Options& options) {
  return OpenOnDevice(name, config, std::move(weights), options);
}

}  // namespace assay::cuda
