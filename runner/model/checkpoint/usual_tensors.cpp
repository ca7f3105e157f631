#include "runner/model/checkpoint/usual_tensors.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runner/model/checkpoint/fused_tensors.h"
#include "runner/model/checkpoint/tensor_overlay.h"

namespace assay {
namespace {

constexpr std::string_view kModel = "model.";

// "model.norm.weight" of a source that names it "language_model.model.norm.weight".
class TextTensors : public TensorSource {
 public:
  TextTensors(std::shared_ptr<const TensorSource> source, std::string prefix)
      : source_(std::move(source)), prefix_(std::move(prefix)) {}

  const StoredTensor* Find(std::string_view name) const override {
    if (!name.starts_with(kModel)) return source_->Find(name);
    return source_->Find(prefix_ + std::string(name.substr(kModel.size())));
  }
  std::string Place() const override { return source_->Place(); }
  std::string ContentHash() const override { return source_->ContentHash(); }

 private:
  std::shared_ptr<const TensorSource> source_;
  std::string prefix_;  // instead of kModel
};

std::shared_ptr<const TensorSource> TextPart(std::shared_ptr<const TensorSource> source) {
  constexpr std::string_view kEmbedding = "embed_tokens.weight";
  // As transformers 4 and 5 write them.
  for (const std::string prefix : {"language_model.model.", "model.language_model."}) {
    if (source->Find(prefix + std::string(kEmbedding)) == nullptr) continue;
    return std::make_shared<TextTensors>(std::move(source), prefix);
  }
  return source;
}

class OffsetNorms : public TensorOverlay {
 public:
  OffsetNorms(std::shared_ptr<const TensorSource> source, const ModelConfig& config)
      : TensorOverlay(std::move(source)) {
    const NormNames names = NormNamesOf(config);
    Add("model.norm.weight");
    for (std::int64_t i = 0; i < config.layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      for (const char* name : {names.attention, names.mlp, names.attention_output, names.mlp_output,
                               "self_attn.q_norm.weight", "self_attn.k_norm.weight"}) {
        Add(layer + name);
      }
    }
  }

 private:
  void Add(const std::string& name) {
    const StoredTensor* stored = source().Find(name);
    if (stored == nullptr || stored->rows != 1) return;
    std::vector<float>& values = values_.emplace_back(static_cast<std::size_t>(stored->columns));
    ReadRow(*stored, 0, values.data());
    for (float& value : values) value += 1;
    StoredTensor tensor;
    tensor.name = name;
    tensor.columns = stored->columns;
    tensor.bytes = {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
    Show(name, std::move(tensor));
  }

  std::deque<std::vector<float>> values_;  // of the tensors shown
};

}  // namespace

std::shared_ptr<const TensorSource> UsualTensors(std::shared_ptr<const TensorSource> source,
                                                 const ModelConfig& config) {
  auto usual = SplitFused(TextPart(std::move(source)), config);
  if (!config.norm_offset) return usual;
  return std::make_shared<OffsetNorms>(std::move(usual), config);
}

}  // namespace assay
