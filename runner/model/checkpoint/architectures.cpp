#include <algorithm>
#include <cmath>
#include <string>

#include "base/suggest.h"
#include "runner/model/checkpoint/config.h"

namespace assay {
namespace {

constexpr std::string_view kGemma2Defaults = R"({
  "vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
  "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
  "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 8192,
  "tie_word_embeddings": true, "query_pre_attn_scalar": 256, "sliding_window": 4096,
  "sliding_window_pattern": 2, "final_logit_softcapping": 30, "attn_logit_softcapping": 50})";

constexpr std::string_view kGemma3Defaults = R"({
  "vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
  "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
  "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 131072,
  "tie_word_embeddings": true, "query_pre_attn_scalar": 256, "sliding_window": 4096,
  "sliding_window_pattern": 6, "rope_theta": 1000000, "rope_local_base_freq": 10000})";

}  // namespace

const std::vector<Architecture>& Architectures() {
  static const std::vector<Architecture> known = {
      {.name = "llama", .hf_class = "LlamaForCausalLM", .gguf_interleaved = true},
      {.name = "qwen2", .hf_class = "Qwen2ForCausalLM", .always_qkv_bias = true},
      {.name = "qwen3", .hf_class = "Qwen3ForCausalLM", .qk_norm = true},
      {.name = "phi3", .hf_class = "Phi3ForCausalLM", .partial_rotation = true},
      {.name = "gemma2",
       .hf_class = "Gemma2ForCausalLM",
       .output_norms = true,
       .norm_offset = true,
       .scaled_embedding = true,
       .windows = true,
       .score_cap = true,
       .defaults = kGemma2Defaults},
      {.name = "gemma3_text",
       .hf_class = "Gemma3ForCausalLM",
       .qk_norm = true,
       .output_norms = true,
       .norm_offset = true,
       .scaled_embedding = true,
       .windows = true,
       .composite = "gemma3",
       .defaults = kGemma3Defaults},
  };
  return known;
}

Result<Architecture> FindArchitecture(std::string_view name, std::string_view place) {
  std::vector<std::string> names;
  std::string list;
  for (const Architecture& known : Architectures()) {
    if (known.name == name) return known;
    names.emplace_back(known.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  return Fail(ErrorCode::kInput, "{}: architecture \"{}\" is not implemented (there are: {}){}",
              place, name, list, DidYouMean(name, names));
}

Result<void> CheckSizes(const ModelConfig& config, std::string_view place) {
  struct Named {
    const char* name;
    std::int64_t value;
  };
  constexpr std::int64_t kLargest = std::int64_t{1} << 24;
  for (const Named size :
       {Named{"vocabulary", config.vocabulary}, Named{"hidden", config.hidden},
        Named{"intermediate", config.intermediate}, Named{"layers", config.layers},
        Named{"heads", config.heads}, Named{"key/value heads", config.kv_heads},
        Named{"head_dim", config.head_dim}, Named{"context", config.context}}) {
    if (size.value < 1 || size.value > kLargest) {
      return Fail(ErrorCode::kInput, "{}: {} is {}, which no model has", place, size.name,
                  size.value);
    }
  }
  if (config.heads % config.kv_heads != 0) {
    return Fail(ErrorCode::kInput, "{}: {} heads cannot share {} key/value heads evenly", place,
                config.heads, config.kv_heads);
  }
  if (config.head_dim % 2 != 0 || config.rotary_dim() % 2 != 0) {
    return Fail(ErrorCode::kInput,
                "{}: head_dim {} is odd, or its rotated part {} is: rotary positions need pairs",
                place, config.head_dim, config.rotary_dim());
  }
  if (config.rotary_dim() < 2 || config.rotary_dim() > config.head_dim) {
    return Fail(ErrorCode::kInput, "{}: {} of {} dimensions of a head are rotated", place,
                config.rotary_dim(), config.head_dim);
  }
  const std::size_t divisors = config.rope.divisors.size();
  if (divisors != 0 && divisors != static_cast<std::size_t>(config.rotary_dim() / 2)) {
    return Fail(ErrorCode::kInput, "{}: rotary positions have {} frequencies and {} factors", place,
                config.rotary_dim() / 2, divisors);
  }
  const std::int64_t widest = std::max({config.vocabulary, 2 * config.intermediate,
                                        config.query_columns() + 2 * config.kv_columns()});
  if (widest > (std::int64_t{1} << 33) / std::max(config.hidden, config.intermediate)) {
    return Fail(ErrorCode::kInput, "{}: a matrix of {} rows is beyond what is supported", place,
                widest);
  }
  if (config.window < 0 || (config.window == 0) != config.windowed.empty()) {
    return Fail(ErrorCode::kInput, "{}: a window of {} positions cannot be", place, config.window);
  }
  if (!(config.rms_eps >= 0 && config.rms_eps < 1)) {
    return Fail(ErrorCode::kInput, "{}: rms_norm_eps is {}, expected 0 to 1", place,
                config.rms_eps);
  }
  return {};
}

std::int64_t ModelConfig::parameters() const {
  const std::int64_t attention = hidden * (2 * query_columns() + 2 * kv_columns());
  const std::int64_t norms = (output_norms ? 4 : 2) * hidden;
  const std::int64_t layer = attention + 3 * hidden * intermediate + norms;
  return layers * layer + vocabulary * hidden * (tied_head ? 1 : 2) + hidden;
}

float ModelConfig::attention_scale() const {
  return 1.0F / std::sqrt(static_cast<float>(score_width.value_or(static_cast<double>(head_dim))));
}

NormNames NormNamesOf(const ModelConfig& config) {
  // Where outputs are normalised, the name of Llama's norm before the MLP is that of another.
  return {
      "input_layernorm.weight",
      config.output_norms ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight",
      "post_attention_layernorm.weight", "post_feedforward_layernorm.weight"};
}

float ModelConfig::embedding_scale() const {
  return scaled_embedding ? std::sqrt(static_cast<float>(hidden)) : 1.0F;
}

bool ModelConfig::IsPlain() const {
  return activation == Activation::kSilu && !output_norms && !scaled_embedding && !score_width &&
         !score_cap && !logit_cap && windowed.empty();
}

}  // namespace assay
