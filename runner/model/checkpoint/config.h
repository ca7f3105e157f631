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

// Of the gate, before it multiplies.
enum class Activation {
  kSilu,
  kGeluTanh,  // gelu by its approximation with tanh
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
  Activation activation = Activation::kSilu;
  // RMSNorm also of what attention and the MLP give, before it is added to the residual stream.
  bool output_norms = false;
  bool norm_offset = false;       // norms are stored as what is to be added to 1; see UsualTensors
  bool scaled_embedding = false;  // by the square root of `hidden`
  // Scores are divided by its square root; absent: by that of head_dim.
  std::optional<double> score_width;
  // c * tanh(x / c) of attention's scores x, and of the logits.
  std::optional<double> score_cap;
  std::optional<double> logit_cap;
  // By layer: it sees the last `window` positions only. Empty where all layers see everything.
  std::vector<bool> windowed;
  std::int64_t window = 0;
  RopeConfig rope;
  std::optional<RopeConfig> window_rope;  // of windowed layers; absent: `rope`
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
  float embedding_scale() const;
  // The first position that a layer sees from `position`.
  std::int64_t FirstSeen(std::int64_t layer, std::int64_t position) const {
    if (!IsWindowed(layer) || position < window) return 0;
    return position - window + 1;
  }
  bool IsWindowed(std::int64_t layer) const {
    return !windowed.empty() && windowed[static_cast<std::size_t>(layer)];
  }
  // Nothing that sets Gemma apart: activation, norms of outputs, windows, caps, scales.
  bool IsPlain() const;
};

// The norms of a layer behind its name, as they are stored.
struct NormNames {
  const char* attention;
  const char* mlp;
  const char* attention_output;
  const char* mlp_output;
};
NormNames NormNamesOf(const ModelConfig& config);

// What sets an architecture apart from the others.
struct Architecture {
  std::string_view name;      // config.json's model_type, GGUF's general.architecture
  std::string_view hf_class;  // config.json's architectures[0]
  bool always_qkv_bias = false;
  bool qk_norm = false;
  bool gguf_interleaved = false;  // GGUF files keep Q and K rows pairwise interleaved
  bool partial_rotation = false;  // may leave a part of each head as it is
  bool output_norms = false;
  bool norm_offset = false;
  bool scaled_embedding = false;
  bool windows = false;    // layer_types or sliding_window_pattern say which layers have one
  bool score_cap = false;  // attn_logit_softcapping may be given
  // The model_type of models of text and images whose "text_config" is of this architecture.
  std::string_view composite = "";
  // What config.json may leave out beside what any may: a JSON object.
  std::string_view defaults = "{}";
};
const std::vector<Architecture>& Architectures();
// kInput naming `place` and the architectures that are known.
Result<Architecture> FindArchitecture(std::string_view name, std::string_view place);

// Reads config.json in the form of transformers 4 (rope_theta, rope_scaling, torch_dtype) or 5
// (rope_parameters, dtype); of a model of text and images the "text_config". kInput naming `place`
// and the key, for anything missing, impossible or not implemented (rope type, activation,
// attention window).
Result<ModelConfig> ParseModelConfig(const Json& config, const std::string& place);

// config.json and, where present, generation_config.json of a folder.
Result<ModelConfig> ReadModelConfig(const std::filesystem::path& folder);

// Refuses sizes that cannot be (zero, indivisible heads, beyond 2^31 elements a matrix): nothing
// later needs to check. `place` starts the message.
Result<void> CheckSizes(const ModelConfig& config, std::string_view place);

}  // namespace assay
