#include "trainer/model/network.h"

#include <cmath>

namespace assay {
namespace {

at::Tensor IndexTensor(const std::vector<std::int64_t>& values, const at::Device& device) {
  return at::from_blob(const_cast<std::int64_t*>(values.data()),
                       {static_cast<std::int64_t>(values.size())}, at::kLong)
      .to(device, at::kLong, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

at::Tensor LinearWeights::operator()(const at::Tensor& x) const {
  at::Tensor y = bias.defined() ? at::addmm(bias, x, weight.t()) : at::mm(x, weight.t());
  if (!lora_a.defined()) return y;
  return y + at::mm(at::mm(x, lora_a.t()), lora_b.t()) * lora_scale;
}

Network::Network(const ModelConfig& config, const LearnerOptions& options, NetworkTensors tensors)
    : config_(config), options_(options), tensors_(std::move(tensors)) {}

Network::Rotation Network::RotationOf(const PackedBatch& batch) const {
  const std::int64_t half = config_.head_dim / 2;
  const auto type = tensors_.embedding.options().requires_grad(false);
  at::Tensor cos = at::empty({batch.tokens(), 1, half}, at::kDouble);
  at::Tensor sin = at::empty_like(cos);
  for (std::int64_t t = 0; t < batch.tokens(); ++t) {
    const auto position = static_cast<double>(batch.positions[static_cast<std::size_t>(t)]);
    for (std::int64_t i = 0; i < half; ++i) {
      const double angle =
          position * std::pow(config_.rope.theta, -2.0 * static_cast<double>(i) /
                                                      static_cast<double>(config_.head_dim));
      cos.mutable_data_ptr<double>()[t * half + i] = std::cos(angle);
      sin.mutable_data_ptr<double>()[t * half + i] = std::sin(angle);
    }
  }
  return {cos.to(type), sin.to(type)};
}

at::Tensor Network::Rotate(const at::Tensor& x, const Rotation& rotation) const {
  const auto halves = x.chunk(2, -1);
  return at::cat({halves[0] * rotation.cos - halves[1] * rotation.sin,
                  halves[1] * rotation.cos + halves[0] * rotation.sin},
                 -1);
}

at::Tensor Network::Norm(const at::Tensor& x, const at::Tensor& weight) const {
  return x * (x.square().mean(-1, true) + config_.rms_eps).rsqrt() * weight;
}

at::Tensor Network::Layer(const LayerTensors& layer, const at::Tensor& x, const PackedBatch& batch,
                          const Rotation& rotation) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor normed = Norm(x, layer.attention_norm);
  at::Tensor q = layer.query(normed).view({tokens, config_.heads, config_.head_dim});
  at::Tensor k = layer.key(normed).view({tokens, config_.kv_heads, config_.head_dim});
  const at::Tensor v = layer.value(normed).view({tokens, config_.kv_heads, config_.head_dim});
  if (layer.query_norm.defined()) {
    q = Norm(q, layer.query_norm);
    k = Norm(k, layer.key_norm);
  }
  const double scale = 1 / std::sqrt(static_cast<double>(config_.head_dim));
  const auto attend = options_.plain_attention ? PlainAttention : PackedAttention;
  const at::Tensor mixed =
      attend(Rotate(q, rotation), Rotate(k, rotation), v, batch.segments, scale);
  const at::Tensor residual = x + layer.output(mixed.reshape({tokens, -1}));
  const at::Tensor inner = Norm(residual, layer.mlp_norm);
  return residual + layer.down(at::silu(layer.gate(inner)) * layer.up(inner));
}

at::Tensor Network::FinalHidden(const PackedBatch& batch) {
  std::vector<std::int64_t> ids(batch.ids.begin(), batch.ids.end());
  const Rotation rotation = RotationOf(batch);
  at::Tensor x =
      at::index_select(tensors_.embedding, 0, IndexTensor(ids, tensors_.embedding.device()));
  // With frozen embeddings the graph starts here, so that recomputed layers are recorded at all.
  if (at::GradMode::is_enabled() && !x.requires_grad()) x.requires_grad_();
  layer_functions_.clear();
  layer_functions_.reserve(tensors_.layers.size());
  for (const LayerTensors& layer : tensors_.layers) {
    layer_functions_.emplace_back([this, &layer, &batch, rotation](const at::Tensor& in) {
      return Layer(layer, in, batch, rotation);
    });
    const bool recompute = options_.recompute_layers && at::GradMode::is_enabled();
    x = recompute ? Recomputed(layer_functions_.back(), x) : layer_functions_.back()(x);
  }
  const at::Tensor rows = at::index_select(x, 0, IndexTensor(batch.sources, x.device()));
  return Norm(rows, tensors_.final_norm);
}

TeacherHead Network::AsTeacher(const PackedBatch& batch) {
  return {FinalHidden(batch), tensors_.head};
}

Network::Output Network::Forward(const PackedBatch& batch, double temperature,
                                 const TeacherHead& teacher) {
  const at::Tensor final_hidden = FinalHidden(batch);
  Output output;
  output.head =
      ChunkedHead(final_hidden, tensors_.head, IndexTensor(batch.predicted, final_hidden.device()),
                  temperature, options_.head_chunk, teacher);
  if (tensors_.value_weight.defined()) {
    output.values =
        at::addmm(tensors_.value_bias, final_hidden, tensors_.value_weight.t()).squeeze(1);
  }
  return output;
}

}  // namespace assay
