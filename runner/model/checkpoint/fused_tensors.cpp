#include "runner/model/checkpoint/fused_tensors.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace assay {
namespace {

class FusedTensors : public TensorSource {
 public:
  FusedTensors(std::shared_ptr<const TensorSource> source, const ModelConfig& config)
      : source_(std::move(source)) {
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

  const StoredTensor* Find(std::string_view name) const override {
    const auto part = parts_.find(name);
    return part == parts_.end() ? source_->Find(name) : &part->second;
  }
  std::string Place() const override { return source_->Place(); }
  std::string ContentHash() const override { return source_->ContentHash(); }

 private:
  void Split(const std::string& name,
             const std::vector<std::pair<std::string, std::int64_t>>& parts) {
    const StoredTensor* whole = source_->Find(name);
    if (whole == nullptr) return;
    std::int64_t rows = 0;
    for (const auto& [part, part_rows] : parts) rows += part_rows;
    if (rows != whole->rows) {  // shown under the first name, so that its shape is refused by name
      parts_[parts.front().first] = *whole;
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
      parts_[part] = std::move(tensor);
      at += bytes;
    }
  }

  std::shared_ptr<const TensorSource> source_;
  std::map<std::string, StoredTensor, std::less<>> parts_;
};

}  // namespace

std::shared_ptr<const TensorSource> SplitFused(std::shared_ptr<const TensorSource> source,
                                               const ModelConfig& config) {
  if (source->Find("model.layers.0.self_attn.qkv_proj.weight") == nullptr) return source;
  return std::make_shared<FusedTensors>(std::move(source), config);
}

}  // namespace assay
