#include "trainer/model/weight_store.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/suggest.h"

namespace assay {
namespace {

const std::vector<std::string> kModules = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                           "gate_proj", "up_proj", "down_proj"};

}  // namespace

at::Tensor WeightStore::Register(const std::string& name, at::Tensor tensor, bool trainable) {
  if (error_) return {};
  trainable = trainable && !options_.frozen;
  ParameterView view;
  view.name = name;
  view.is_vector = tensor.dim() == 1;
  view.rows = view.is_vector ? 1 : tensor.size(0);
  view.columns = tensor.size(-1);
  view.trainable = trainable;
  view.is_double = options_.double_precision;
  const bool copied = options_.mirror || options_.device != "cpu";
  tensor.requires_grad_(trainable && !copied);
  if (trainable) {
    tensor.mutable_grad() = at::zeros_like(tensor);
    view.gradient = tensor.mutable_grad().mutable_data_ptr();
  }
  view.value = tensor.mutable_data_ptr();
  views_.push_back(view);
  tensors_.push_back(tensor);
  if (!copied) return tensor;
  const at::NoGradGuard no_gradients;
  at::Tensor copy = tensor.to(at::Device(options_.device), tensor.scalar_type(),
                              /*non_blocking=*/false, /*copy=*/true);
  copy.requires_grad_(trainable);
  if (trainable) copy.mutable_grad() = at::zeros_like(copy);
  copies_.push_back(copy);
  return copy;
}

at::Tensor WeightStore::Load(const std::string& name, std::int64_t rows, std::int64_t columns) {
  const auto stored = Require(*source_, name, rows, columns);
  if (!stored) {
    error_ = stored.error();
    return {};
  }
  at::Tensor tensor = at::empty({rows, columns}, at::kFloat);
  for (std::int64_t row = 0; row < rows; ++row) {
    ReadRow(**stored, row, tensor.mutable_data_ptr<float>() + row * columns);
  }
  return options_.double_precision ? tensor.to(at::kDouble) : tensor;
}

at::Tensor WeightStore::Fresh(const std::string& name, std::int64_t rows, std::int64_t columns,
                              double spread) {
  at::Tensor tensor = at::empty({rows, columns}, at::kDouble);
  Rng rng(key_.With(name));
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    // Box-Muller; 1 - u lies in (0, 1].
    const double radius = std::sqrt(-2 * std::log(1 - rng.Uniform()));
    tensor.mutable_data_ptr<double>()[i] =
        spread * radius * std::cos(2 * std::numbers::pi * rng.Uniform());
  }
  return options_.double_precision ? tensor : tensor.to(at::kFloat);
}

at::Tensor WeightStore::Matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
  if (error_) return {};
  at::Tensor tensor =
      source_ != nullptr ? Load(name, rows, columns) : Fresh(name, rows, columns, 0.02);
  return Register(name, std::move(tensor), options_.lora.rank == 0);
}

at::Tensor WeightStore::Vector(const std::string& name, std::int64_t size, double fresh) {
  if (error_) return {};
  const auto type = options_.double_precision ? at::kDouble : at::kFloat;
  at::Tensor tensor = source_ != nullptr ? Load(name, 1, size) : at::full({1, size}, fresh, type);
  if (error_) return {};
  return Register(name, tensor.view({size}), options_.lora.rank == 0);
}

LinearWeights WeightStore::Linear(const std::string& prefix, const std::string& module,
                                  std::int64_t rows, std::int64_t columns, bool bias) {
  LinearWeights linear;
  const std::string name = prefix + module;
  linear.weight = Matrix(name + ".weight", rows, columns);
  if (bias) linear.bias = Vector(name + ".bias", rows, 0);
  const LoraOptions& lora = options_.lora;
  const bool adapted =
      lora.rank > 0 && std::find(lora.modules.begin(), lora.modules.end(),
                                 module.substr(module.rfind('.') + 1)) != lora.modules.end();
  if (adapted && !error_) {
    // B starts at zero, so that the adapted model starts as the model.
    const double spread = 1 / std::sqrt(static_cast<double>(columns));
    linear.lora_a = Register("lora." + name + ".a",
                             Fresh("lora." + name + ".a", lora.rank, columns, spread), true);
    linear.lora_b =
        Register("lora." + name + ".b", Fresh("lora." + name + ".b", rows, lora.rank, 0), true);
    linear.lora_scale = lora.alpha / static_cast<double>(lora.rank);
  }
  return linear;
}

LayerTensors WeightStore::Layer(const ModelConfig& config, std::int64_t index) {
  const std::string prefix = fmt::format("model.layers.{}.", index);
  const bool qkv_bias = config.qkv_bias;
  LayerTensors layer;
  layer.attention_norm = Vector(prefix + "input_layernorm.weight", config.hidden, 1);
  layer.mlp_norm = Vector(prefix + "post_attention_layernorm.weight", config.hidden, 1);
  layer.query = Linear(prefix, "self_attn.q_proj", config.query_columns(), config.hidden, qkv_bias);
  layer.key = Linear(prefix, "self_attn.k_proj", config.kv_columns(), config.hidden, qkv_bias);
  layer.value = Linear(prefix, "self_attn.v_proj", config.kv_columns(), config.hidden, qkv_bias);
  if (config.qk_norm) {
    layer.query_norm = Vector(prefix + "self_attn.q_norm.weight", config.head_dim, 1);
    layer.key_norm = Vector(prefix + "self_attn.k_norm.weight", config.head_dim, 1);
  }
  layer.output =
      Linear(prefix, "self_attn.o_proj", config.hidden, config.query_columns(), config.output_bias);
  layer.gate = Linear(prefix, "mlp.gate_proj", config.intermediate, config.hidden, config.mlp_bias);
  layer.up = Linear(prefix, "mlp.up_proj", config.intermediate, config.hidden, config.mlp_bias);
  layer.down = Linear(prefix, "mlp.down_proj", config.hidden, config.intermediate, config.mlp_bias);
  return layer;
}

Result<NetworkTensors> WeightStore::Build(const ModelConfig& config) {
  for (const std::string& module : options_.lora.modules) {
    if (std::find(kModules.begin(), kModules.end(), module) == kModules.end()) {
      return Fail(ErrorCode::kInput, "lora: module {} is unknown: expected one of {}", module,
                  fmt::join(kModules, ", "));
    }
  }
  NetworkTensors tensors;
  tensors.embedding = Matrix("model.embed_tokens.weight", config.vocabulary, config.hidden);
  for (std::int64_t i = 0; i < config.layers && !error_; ++i) {
    tensors.layers.push_back(Layer(config, i));
  }
  tensors.final_norm = Vector("model.norm.weight", config.hidden, 1);
  tensors.head = config.tied_head ? tensors.embedding
                                  : Matrix("lm_head.weight", config.vocabulary, config.hidden);
  if (error_) return Pass(*error_);
  if (options_.value_head) {
    tensors.value_weight =
        Register("value_head.weight", Fresh("value_head", 1, config.hidden, 0.02), true);
    tensors.value_bias = Register("value_head.bias", Fresh("value_bias", 1, 1, 0).view({1}), true);
  }
  return tensors;
}

}  // namespace assay
