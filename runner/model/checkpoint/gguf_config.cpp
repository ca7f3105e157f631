// What the metadata of a GGUF file says about the model and its vocabulary.
#include <algorithm>
#include <optional>

#include "runner/model/checkpoint/gguf.h"

namespace assay {
namespace {

using Metadata = std::map<std::string, GgufValue, std::less<>>;

// Reads keys by name and type and remembers the first problem.
class Keys {
 public:
  Keys(const Metadata& metadata, std::string place)
      : metadata_(metadata), place_(std::move(place)) {}

  template <class T>
  std::optional<T> Optional(const std::string& key) {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) return std::nullopt;
    const T* value = std::get_if<T>(&found->second);
    if (value != nullptr) return *value;
    Note(key, "has another type than expected");
    return std::nullopt;
  }

  template <class T>
  T Required(const std::string& key) {
    if (metadata_.find(key) == metadata_.end()) Note(key, "is missing");
    return Optional<T>(key).value_or(T{});
  }

  std::optional<TokenId> Token(const std::string& name) {
    const auto id = Optional<std::int64_t>("tokenizer.ggml." + name);
    if (!id) return std::nullopt;
    return static_cast<TokenId>(std::clamp<std::int64_t>(*id, -1, 0x7FFFFFFF));
  }

  void Note(const std::string& key, const std::string& what) {
    if (!problem_) problem_ = Error{ErrorCode::kInput, place_ + ": key \"" + key + "\" " + what};
  }
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const Metadata& metadata_;
  std::string place_;
  std::optional<Error> problem_;
};

void ReadRope(Keys& keys, const std::string& prefix, ModelConfig& out) {
  out.rope.theta = keys.Optional<double>(prefix + "rope.freq_base").value_or(10000);
  const auto scaling = keys.Optional<std::string>(prefix + "rope.scaling.type").value_or("none");
  const double factor = keys.Optional<double>(prefix + "rope.scaling.factor").value_or(1);
  if (scaling == "linear") {
    out.rope.type = RopeType::kLinear;
    out.rope.factor = factor;
  } else if (scaling != "none" && factor != 1) {
    keys.Note(prefix + "rope.scaling.type",
              "asks for \"" + scaling + "\", which is not implemented for GGUF files");
  }
  const auto rotated = keys.Optional<std::int64_t>(prefix + "rope.dimension_count");
  if (rotated && *rotated != out.head_dim) {
    keys.Note(prefix + "rope.dimension_count",
              "asks for partial rotation, which is not implemented");
  }
}

}  // namespace

Result<ModelConfig> GgufFile::Config() const {
  Keys keys(metadata_, path_.string());
  ModelConfig out;
  out.architecture = keys.Required<std::string>("general.architecture");
  if (keys.problem()) return tl::unexpected<Error>(*keys.problem());
  for (const Architecture& known : Architectures()) {
    if (!known.windows || (out.architecture != known.name && out.architecture != known.composite)) {
      continue;
    }
    return Fail(ErrorCode::kInput,
                "{}: GGUF files of architecture \"{}\" do not say how its attention is scaled: use "
                "the Hugging Face folder",
                path_.string(), out.architecture);
  }
  const auto architecture = FindArchitecture(out.architecture, path_.string());
  if (!architecture) return Pass(architecture.error());
  const std::string prefix = out.architecture + ".";
  const auto size = [&](const char* key) { return keys.Required<std::int64_t>(prefix + key); };
  out.hidden = size("embedding_length");
  out.intermediate = size("feed_forward_length");
  out.layers = size("block_count");
  out.heads = size("attention.head_count");
  out.kv_heads =
      keys.Optional<std::int64_t>(prefix + "attention.head_count_kv").value_or(out.heads);
  out.context = size("context_length");
  out.head_dim = keys.Optional<std::int64_t>(prefix + "attention.key_length")
                     .value_or(out.heads > 0 ? out.hidden / out.heads : 0);
  out.rms_eps = keys.Required<double>(prefix + "attention.layer_norm_rms_epsilon");
  if (keys.Optional<std::int64_t>(prefix + "attention.sliding_window").value_or(0) != 0) {
    keys.Note(prefix + "attention.sliding_window", "asks for a window, which is not implemented");
  }
  if (keys.Optional<std::int64_t>(prefix + "expert_count").value_or(0) != 0) {
    keys.Note(prefix + "expert_count", "asks for experts, which are not implemented");
  }
  ReadRope(keys, prefix, out);
  if (keys.problem()) return tl::unexpected<Error>(*keys.problem());

  const auto embedding = tensors_.find("token_embd.weight");
  if (embedding == tensors_.end()) {
    return Fail(ErrorCode::kInput, "{}: tensor \"token_embd.weight\" is missing", path_.string());
  }
  out.vocabulary = embedding->second.rows;
  out.tied_head = tensors_.find("output.weight") == tensors_.end();
  out.qk_norm = architecture->qk_norm;
  out.qkv_bias = tensors_.find("blk.0.attn_q.bias") != tensors_.end();
  out.output_bias = tensors_.find("blk.0.attn_output.bias") != tensors_.end();
  out.mlp_bias = tensors_.find("blk.0.ffn_gate.bias") != tensors_.end();
  if (const auto eos = keys.Token("eos_token_id"); eos && *eos >= 0) out.end_ids.push_back(*eos);
  if (auto sizes = CheckSizes(out, path_.string()); !sizes) return Pass(sizes.error());

  const auto factors = tensors_.find("rope_freqs.weight");
  if (factors != tensors_.end()) {
    const StoredTensor& stored = factors->second;
    if (stored.rows != 1 || stored.columns != out.head_dim / 2) {
      return Fail(ErrorCode::kInput, "{}: tensor \"rope_freqs.weight\" has {} entries, expected {}",
                  path_.string(), stored.rows * stored.columns, out.head_dim / 2);
    }
    out.rope.divisors.resize(static_cast<std::size_t>(stored.columns));
    ReadRow(stored, 0, out.rope.divisors.data());
  }
  return out;
}

Result<GgufVocabulary> GgufFile::Vocabulary() const {
  Keys keys(metadata_, path_.string());
  const std::string prefix = "tokenizer.ggml.";
  GgufVocabulary out;
  out.model = keys.Required<std::string>(prefix + "model");
  out.pre = keys.Optional<std::string>(prefix + "pre").value_or("");
  out.tokens = keys.Required<std::vector<std::string>>(prefix + "tokens");
  for (const std::int64_t type : keys.Optional<std::vector<std::int64_t>>(prefix + "token_type")
                                     .value_or(std::vector<std::int64_t>())) {
    out.token_types.push_back(static_cast<std::int32_t>(std::clamp<std::int64_t>(type, 0, 127)));
  }
  for (const double score :
       keys.Optional<std::vector<double>>(prefix + "scores").value_or(std::vector<double>())) {
    out.scores.push_back(static_cast<float>(score));
  }
  out.merges = keys.Optional<std::vector<std::string>>(prefix + "merges")
                   .value_or(std::vector<std::string>());
  out.bos = keys.Token("bos_token_id");
  out.eos = keys.Token("eos_token_id");
  out.eot = keys.Token("eot_token_id");
  out.eom = keys.Token("eom_token_id");
  out.unknown = keys.Token("unknown_token_id");
  out.padding = keys.Token("padding_token_id");
  out.add_bos = keys.Optional<bool>(prefix + "add_bos_token");
  out.add_eos = keys.Optional<bool>(prefix + "add_eos_token");
  out.add_space_prefix = keys.Optional<bool>(prefix + "add_space_prefix");
  out.chat_template = keys.Optional<std::string>("tokenizer.chat_template").value_or("");
  if (keys.problem()) return tl::unexpected<Error>(*keys.problem());
  return out;
}

}  // namespace assay
