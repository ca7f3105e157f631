#include "trainer/model/network.h"

#include <algorithm>
#include <cmath>

#include "trainer/model/kernel_operations.h"

namespace assay {
namespace {

at::Tensor IndexTensor(const std::vector<std::int64_t>& values, const at::Device& device) {
  return at::from_blob(const_cast<std::int64_t*>(values.data()),
                       {static_cast<std::int64_t>(values.size())}, at::kLong)
      .to(device, at::kLong, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

Network::Network(const ModelConfig& config, const LearnerOptions& options, NetworkTensors tensors)
    : config_(config),
      options_(options),
      tensors_(std::move(tensors)),
      kernels_(!options.plain && !options.double_precision),
      rope_(config.rope, config.rotary_dim()) {}

// The sampler's table in fp32; from the exact angles in double precision, where nothing is scaled.
Network::Rotation Network::RotationOf(const PackedBatch& batch) {
  const std::int64_t half = config_.rotary_dim() / 2;
  const auto longest = std::max_element(batch.positions.begin(), batch.positions.end());
  rope_.Grow(kernels::RoundUp(*longest + 1, 256));
  const bool exact = options_.double_precision && config_.rope.type == RopeType::kPlain &&
                     config_.rope.divisors.empty();
  at::Tensor cos = at::empty({batch.tokens(), 1, half}, exact ? at::kDouble : at::kFloat);
  at::Tensor sin = at::empty_like(cos);
  for (std::int64_t t = 0; t < batch.tokens(); ++t) {
    const std::int64_t position = batch.positions[static_cast<std::size_t>(t)];
    if (!exact) {
      std::copy_n(rope_.Cos(position), half, cos.mutable_data_ptr<float>() + t * half);
      std::copy_n(rope_.Sin(position), half, sin.mutable_data_ptr<float>() + t * half);
      continue;
    }
    for (std::int64_t i = 0; i < half; ++i) {
      const double angle =
          static_cast<double>(position) *
          std::pow(config_.rope.theta, -static_cast<double>(i) / static_cast<double>(half));
      cos.mutable_data_ptr<double>()[t * half + i] = std::cos(angle);
      sin.mutable_data_ptr<double>()[t * half + i] = std::sin(angle);
    }
  }
  const auto type = tensors_.embedding.options().requires_grad(false);
  return {cos.to(type), sin.to(type)};
}

at::Tensor Network::Product(const LinearWeights& w, const at::Tensor& x) const {
  if (kernels_) {
    const at::Tensor y = KernelProduct(x, w.weight, w.lora_a, w.lora_b, w.lora_scale);
    return w.bias.defined() ? y + w.bias : y;
  }
  const at::Tensor y =
      w.bias.defined() ? at::addmm(w.bias, x, w.weight.t()) : at::mm(x, w.weight.t());
  if (!w.lora_a.defined()) return y;
  return y + at::mm(at::mm(x, w.lora_a.t()), w.lora_b.t()) * w.lora_scale;
}

at::Tensor Network::Rotate(const at::Tensor& x, const Rotation& rotation) const {
  if (kernels_) return KernelRotate(x, rotation.cos, rotation.sin);
  const std::int64_t half = config_.rotary_dim() / 2;
  const at::Tensor first = x.narrow(-1, 0, half), second = x.narrow(-1, half, half);
  return at::cat(
      {first * rotation.cos - second * rotation.sin, second * rotation.cos + first * rotation.sin,
       x.narrow(-1, 2 * half, config_.head_dim - 2 * half)},
      -1);
}

at::Tensor Network::Norm(const at::Tensor& x, const at::Tensor& weight) const {
  if (kernels_) return KernelNorm(x, weight, config_.rms_eps);
  return x * (x.square().mean(-1, true) + config_.rms_eps).rsqrt() * weight;
}

at::Tensor Network::Gate(const at::Tensor& gate, const at::Tensor& up) const {
  return kernels_ ? KernelSwiGlu(gate, up) : at::silu(gate) * up;
}

at::Tensor Network::Layer(const LayerTensors& layer, const at::Tensor& x, const PackedBatch& batch,
                          const Rotation& rotation) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor normed = Norm(x, layer.attention_norm);
  at::Tensor q = Product(layer.query, normed).view({tokens, config_.heads, config_.head_dim});
  at::Tensor k = Product(layer.key, normed).view({tokens, config_.kv_heads, config_.head_dim});
  const at::Tensor v =
      Product(layer.value, normed).view({tokens, config_.kv_heads, config_.head_dim});
  if (layer.query_norm.defined()) {
    q = Norm(q, layer.query_norm);
    k = Norm(k, layer.key_norm);
  }
  const double scale = kernels_ ? static_cast<double>(config_.attention_scale())
                                : 1 / std::sqrt(static_cast<double>(config_.head_dim));
  const auto attend = options_.plain ? PlainAttention : PackedAttention;
  const at::Tensor mixed =
      attend(Rotate(q, rotation), Rotate(k, rotation), v, batch.segments, scale);
  const at::Tensor residual = x + Product(layer.output, mixed.reshape({tokens, -1}));
  const at::Tensor inner = Norm(residual, layer.mlp_norm);
  return residual + Product(layer.down, Gate(Product(layer.gate, inner), Product(layer.up, inner)));
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
  const HeadOptions head{temperature, options_.head_chunk, options_.vocabulary, kernels_};
  output.head = ChunkedHead(final_hidden, tensors_.head,
                            IndexTensor(batch.predicted, final_hidden.device()), head, teacher);
  if (tensors_.value_weight.defined()) {
    output.values =
        at::addmm(tensors_.value_bias, final_hidden, tensors_.value_weight.t()).squeeze(1);
  }
  return output;
}

}  // namespace assay
