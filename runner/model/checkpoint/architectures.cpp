#include <algorithm>
#include <cmath>
#include <string>

#include "base/suggest.h"
#include "runner/model/checkpoint/config.h"

namespace assay {

const std::vector<Architecture>& Architectures() {
  static const std::vector<Architecture> known = {
      {"llama", "LlamaForCausalLM", false, false, true, false},
      {"qwen2", "Qwen2ForCausalLM", true, false, false, false},
      {"qwen3", "Qwen3ForCausalLM", false, true, false, false},
      {"phi3", "Phi3ForCausalLM", false, false, false, true},
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
  if (!(config.rms_eps >= 0 && config.rms_eps < 1)) {
    return Fail(ErrorCode::kInput, "{}: rms_norm_eps is {}, expected 0 to 1", place,
                config.rms_eps);
  }
  return {};
}

std::int64_t ModelConfig::parameters() const {
  const std::int64_t attention = hidden * (2 * query_columns() + 2 * kv_columns());
  const std::int64_t layer = attention + 3 * hidden * intermediate + 2 * hidden;
  return layers * layer + vocabulary * hidden * (tied_head ? 1 : 2) + hidden;
}

float ModelConfig::attention_scale() const {
  return 1.0F / std::sqrt(static_cast<float>(head_dim));
}

}  // namespace assay
