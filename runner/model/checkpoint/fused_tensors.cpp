#include "runner/model/checkpoint/fused_tensors.h"

#include <string>
#include <utility>
#include <vector>

#include "runner/model/checkpoint/tensor_overlay.h"

namespace assay {
namespace {

class FusedTensors : public TensorOverlay {
 public:
  FusedTensors(std::shared_ptr<const TensorSource> source, const ModelConfig& config)
      : TensorOverlay(std::move(source)) {
    for (std::int64_t i = 0; i < config.layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      const std::string attention = layer + "self_attn.";
      Split(attention + "qkv_proj.weight", {{attention + "q_proj.weight", config.query_columns()},
                                            {attention + "k_proj.weight", config.kv_columns()},
                                            {attention + "v_proj.weight", config.kv_columns()}});
      Split(layer + "mlp.gate_up_proj.weight",
            {{layer + "mlp.gate_proj.weight", config.intermediate},
             {layer + "mlp.up_proj.weight", config.intermediate}});
    }
  }

 private:
  void Split(const std::string& name,
             const std::vector<std::pair<std::string, std::int64_t>>& parts) {
    const StoredTensor* whole = source().Find(name);
    if (whole == nullptr) return;
    std::int64_t rows = 0;
    for (const auto& [part, part_rows] : parts) rows += part_rows;
    if (rows != whole->rows) {  // shown under the first name, so that its shape is refused by name
      Show(parts.front().first, *whole);
      return;
    }
    const BlockLayout layout = LayoutOf(whole->type);
    const auto row_bytes = static_cast<std::size_t>(whole->columns / layout.weights * layout.bytes);
    std::size_t at = 0;
    for (const auto& [part, part_rows] : parts) {
      const std::size_t bytes = static_cast<std::size_t>(part_rows) * row_bytes;
      StoredTensor tensor = *whole;
      tensor.name = part;
      tensor.rows = part_rows;
      tensor.bytes = whole->bytes.substr(at, bytes);
      Show(part, std::move(tensor));
      at += bytes;
    }
  }
};

}  // namespace

std::shared_ptr<const TensorSource> SplitFused(std::shared_ptr<const TensorSource> source,
                                               const ModelConfig& config) {
  if (source->Find("model.layers.0.self_attn.qkv_proj.weight") == nullptr) return source;
  return std::make_shared<FusedTensors>(std::move(source), config);
}

}  // namespace assay
