// runner/model/checkpoint/config.h -- What a decoder-only transformer of the llama family looks
// like.
//
// One struct describes every architecture; a new one that differs only in these flags is one line
// of the table in architectures.cpp. Whatever the flags cannot say is refused by name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "runner/model/token_id.h"

namespace assay {

enum class RopeType {
  kPlain,
  kLinear,  // positions divided by `factor`
  kLlama3,  // low frequencies divided by `factor`, a smooth band between
  kYarn,    // Peng et al. 2023, as transformers computes it
  // Phi-3's, within the context it was trained on: `divisors` and `attention_factor`. Beyond it
  // transformers turns all positions by other frequencies, those before as well: the context ends
  // there.
  kLongRope,
};

struct RopeConfig {
  RopeType type = RopeType::kPlain;
  double theta = 10000;
  double factor = 1;
  double low_frequency_factor = 1;   // llama3
  double high_frequency_factor = 4;  // llama3
  double original_context = 0;       // llama3, yarn: positions seen in training
  double beta_fast = 32;             // yarn
  double beta_slow = 1;              // yarn
  double attention_factor = 1;       // yarn, longrope: multiplies cos and sin
  bool truncate = true;              // yarn: whole dimensions at the ends of the band
  // Not empty (GGUF's rope_freqs.weight, longrope's short_factor): each frequency is divided by
  // this.
  std::vector<float> divisors;
  double share = 1;  // of a head's dimensions, the first ones, are rotated
};

struct ModelConfig {
  std::string architecture;  // "llama", "qwen2", "qwen3"
  std::int64_t vocabulary = 0;
  std::int64_t hidden = 0;
  std::int64_t intermediate = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t context = 0;  // positions
  double rms_eps = 1e-5;
  bool qkv_bias = false;
  bool output_bias = false;  // of the attention's output projection
  bool mlp_bias = false;
  bool qk_norm = false;  // RMSNorm of each head of Q and K, before rotation
  bool tied_head = false;
  RopeConfig rope;
  // Ids that end a text according to config.json and generation_config.json together; the
  // tokenizer's own are added by the caller.
  std::vector<TokenId> end_ids;

  std::int64_t query_columns() const { return heads * head_dim; }
  std::int64_t kv_columns() const { return kv_heads * head_dim; }
  std::int64_t rotary_dim() const {
    return static_cast<std::int64_t>(static_cast<double>(head_dim) * rope.share);
  }
  std::int64_t parameters() const;
  float attention_scale() const;  // of the products of queries and keys
};

// What sets an architecture apart from the others.
struct Architecture {
  std::string_view name;      // config.json's model_type, GGUF's general.architecture
  std::string_view hf_class;  // config.json's architectures[0]
  bool always_qkv_bias;
  bool qk_norm;
  bool gguf_interleaved;  // GGUF files keep Q and K rows pairwise interleaved
  bool partial_rotation;  // may leave a part of each head as it is
};
const std::vector<Architecture>& Architectures();
// kInput naming `place` and the architectures that are known.
Result<Architecture> FindArchitecture(std::string_view name, std::string_view place);

// Reads config.json in the form of transformers 4 (rope_theta, rope_scaling, torch_dtype) or 5
// (rope_parameters, dtype). kInput naming `place` and the key, for anything missing, impossible or
// not implemented (rope type, activation, attention window).
Result<ModelConfig> ParseModelConfig(const Json& config, const std::string& place);

// config.json and, where present, generation_config.json of a folder.
Result<ModelConfig> ReadModelConfig(const std::filesystem::path& folder);

// Refuses sizes that cannot be (zero, indivisible heads, beyond 2^31 elements a matrix): nothing
// later needs to check. `place` starts the message.
Result<void> CheckSizes(const ModelConfig& config, std::string_view place);

}  // namespace assay
