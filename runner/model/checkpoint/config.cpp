#include "runner/model/checkpoint/config.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostLayers = std::int64_t{1} << 24;

void AddEndIds(const Json* ids, std::vector<TokenId>& out) {
  if (ids == nullptr) return;
  const auto add = [&out](const Json& id) {
    if (!id.is_number_integer()) return;
    const auto value = id.get<std::int64_t>();
    if (value < 0 || value > kMaxInt) return;
    if (std::find(out.begin(), out.end(), value) == out.end()) {
      out.push_back(static_cast<TokenId>(value));
    }
  };
  if (!ids->is_array()) return add(*ids);
  for (const Json& id : *ids) add(id);
}

// The factor on cos and sin that yarn implies where none is given: Peng et al. 2023, section 3.4.
double YarnAttentionFactor(double factor) { return factor <= 1 ? 1 : 0.1 * std::log(factor) + 1; }

Result<RopeType> RopeTypeOf(const std::string& name, const std::string& place) {
  if (name == "default") return RopeType::kPlain;
  if (name == "linear") return RopeType::kLinear;
  if (name == "llama3") return RopeType::kLlama3;
  if (name == "yarn") return RopeType::kYarn;
  if (name == "longrope" || name == "su") return RopeType::kLongRope;
  return Fail(ErrorCode::kInput,
              "{}: rope type \"{}\" is not implemented (there are: default, linear, llama3, yarn, "
              "longrope)",
              place, name);
}

// What config.json says of positions beside the object on rotation.
struct Positions {
  double most = 0;                 // max_position_embeddings
  std::optional<double> original;  // original_max_position_embeddings
};

// The context ends where the short factors do.
void ReadLongRope(Fields& fields, const Positions& positions, ModelConfig& out) {
  RopeConfig& rope = out.rope;
  rope.divisors.clear();
  rope.original_context = fields.OptionalNumber("original_max_position_embeddings")
                              .value_or(positions.original.value_or(positions.most));
  for (const Json& factor : fields.Array("short_factor")) {
    const double value = factor.is_number() ? factor.get<double>() : 0;
    if (!(value > 0)) fields.Refuse("short_factor", "must hold numbers above 0");
    rope.divisors.push_back(static_cast<float>(value));
  }
  if (!(rope.original_context >= 2)) {
    fields.Refuse("original_max_position_embeddings", "must be at least 2");
    return;
  }
  rope.factor = fields.OptionalNumber("factor").value_or(positions.most / rope.original_context);
  const double implied =
      rope.factor <= 1 ? 1 : std::sqrt(1 + std::log(rope.factor) / std::log(rope.original_context));
  rope.attention_factor = fields.OptionalNumber("attention_factor").value_or(implied);
  if (rope.original_context < static_cast<double>(out.context)) {
    out.context = static_cast<std::int64_t>(rope.original_context);
  }
}

void ReadShare(Fields& fields, ModelConfig& out) {
  const double share = fields.OptionalNumber("partial_rotary_factor").value_or(out.rope.share);
  const auto architecture = FindArchitecture(out.architecture, "");
  if (share != 1 && !(architecture && architecture->partial_rotation)) {
    fields.Refuse("partial_rotary_factor", "is not implemented for " + out.architecture);
  }
  if (!(share > 0 && share <= 1)) {
    fields.Refuse("partial_rotary_factor", "must be above 0, up to 1");
  }
  out.rope.share = share;
}

// `object` is rope_parameters, or rope_scaling of older files.
Result<void> ReadScaling(const Json& object, const std::string& place, const Positions& positions,
                         ModelConfig& out) {
  RopeConfig& rope = out.rope;
  Fields fields(object, place);
  fields.AllowOthers();
  rope.theta = fields.OptionalNumber("rope_theta").value_or(rope.theta);
  const auto new_name = fields.OptionalString("rope_type");
  const auto old_name = fields.OptionalString("type");
  ReadShare(fields, out);
  if (auto done = fields.Done(); !done) return done;
  const auto type = RopeTypeOf(new_name.value_or(old_name.value_or("default")), place);
  if (!type) return Pass(type.error());
  rope.type = *type;
  if (rope.type == RopeType::kPlain) return {};
  if (rope.type == RopeType::kLongRope) {
    ReadLongRope(fields, positions, out);
    return fields.Done();
  }
  rope.factor = fields.Number("factor");
  if (rope.type == RopeType::kLlama3) {
    rope.low_frequency_factor = fields.Number("low_freq_factor");
    rope.high_frequency_factor = fields.Number("high_freq_factor");
    rope.original_context = fields.Number("original_max_position_embeddings");
    if (rope.high_frequency_factor == rope.low_frequency_factor) {
      fields.Refuse("high_freq_factor", "must differ from low_freq_factor");
    }
  }
  if (rope.type == RopeType::kYarn) {
    rope.original_context =
        fields.OptionalNumber("original_max_position_embeddings").value_or(positions.most);
    rope.beta_fast = fields.OptionalNumber("beta_fast").value_or(32);
    rope.beta_slow = fields.OptionalNumber("beta_slow").value_or(1);
    rope.truncate = fields.OptionalBool("truncate").value_or(true);
    rope.attention_factor =
        fields.OptionalNumber("attention_factor").value_or(YarnAttentionFactor(rope.factor));
    if (fields.OptionalAny("mscale") != nullptr ||
        fields.OptionalAny("mscale_all_dim") != nullptr) {
      fields.Refuse("mscale", "is not implemented");
    }
  }
  if (!(rope.factor >= 1)) fields.Refuse("factor", "must be at least 1");
  return fields.Done();
}

// Where windows are not implemented. Phi-3's is in use whenever it is given; within it attention is
// full, so the context ends there.
void RefuseWindows(Fields& fields, ModelConfig& config) {
  const bool always = config.architecture == "phi3";
  const bool used = fields.OptionalBool("use_sliding_window").value_or(false);
  const Json* window = fields.OptionalAny("sliding_window");
  if (always && window != nullptr && !window->is_null()) {
    config.context = std::min(config.context, fields.Int("sliding_window", 1, kMaxInt));
  }
  const Json* types = fields.OptionalAny("layer_types");
  if (used && window != nullptr && !window->is_null()) {
    fields.Refuse("use_sliding_window",
                  "asks for sliding-window attention, which is not implemented");
  }
  if (types == nullptr || !types->is_array()) return;
  for (const Json& type : *types) {
    if (type != "full_attention") {
      fields.Refuse("layer_types", "asks for " + DumpJson(type) + ", which is not implemented");
      return;
    }
  }
}

void ReadWindows(Fields& fields, ModelConfig& config) {
  if (fields.OptionalBool("use_bidirectional_attention").value_or(false)) {
    fields.Refuse("use_bidirectional_attention", "is not implemented");
  }
  const auto types = fields.OptionalStrings("layer_types");
  const std::int64_t period = fields.OptionalInt("sliding_window_pattern", 1, kMaxInt).value_or(1);
  if (types && types->size() != static_cast<std::size_t>(config.layers)) {
    fields.Refuse("layer_types",
                  fmt::format("has {} entries for {} layers", types->size(), config.layers));
    return;
  }
  config.windowed.resize(static_cast<std::size_t>(config.layers));
  for (std::size_t i = 0; i < config.windowed.size(); ++i) {
    config.windowed[i] =
        types ? (*types)[i] == "sliding_attention" : static_cast<std::int64_t>(i + 1) % period != 0;
    if (types && !config.windowed[i] && (*types)[i] != "full_attention") {
      fields.Refuse("layer_types", "asks for \"" + (*types)[i] + "\", which is not implemented");
    }
  }
  if (std::find(config.windowed.begin(), config.windowed.end(), true) == config.windowed.end()) {
    config.windowed.clear();
    return;
  }
  const auto window = fields.OptionalInt("sliding_window", 1, kMaxInt);
  if (!window) fields.Refuse("sliding_window", "is missing");
  config.window = window.value_or(1);
}

std::optional<double> ReadPositive(Fields& fields, const char* key) {
  const auto value = fields.OptionalNumber(key);
  const float narrow = static_cast<float>(value.value_or(1));
  if (!(narrow > 0 && std::isfinite(narrow))) fields.Refuse(key, "must be above 0");
  return value;
}

Activation ReadActivation(Fields& fields) {
  const bool newer = fields.OptionalString("hidden_activation").has_value();
  const char* key = newer ? "hidden_activation" : "hidden_act";
  const auto name = fields.OptionalString(key).value_or("silu");
  if (name == "gelu_pytorch_tanh") return Activation::kGeluTanh;
  if (name != "silu") {
    fields.Refuse(key, "asks for \"" + name + "\" (there are: silu, gelu_pytorch_tanh)");
  }
  return Activation::kSilu;
}

// What only some architectures have.
void ReadSpecials(Fields& fields, const Architecture& architecture, ModelConfig& out) {
  out.activation = ReadActivation(fields);
  out.output_norms = architecture.output_norms;
  out.norm_offset = architecture.norm_offset;
  out.scaled_embedding = architecture.scaled_embedding;
  out.score_width = ReadPositive(fields, "query_pre_attn_scalar");
  out.logit_cap = ReadPositive(fields, "final_logit_softcapping");
  out.score_cap = ReadPositive(fields, "attn_logit_softcapping");
  if (out.score_cap && !architecture.score_cap) {
    fields.Refuse("attn_logit_softcapping", "is not implemented for " + out.architecture);
  }
  if (const auto theta = ReadPositive(fields, "rope_local_base_freq")) {
    out.window_rope.emplace();
    out.window_rope->theta = *theta;
  }
  if (architecture.windows) {
    ReadWindows(fields, out);
  } else {
    RefuseWindows(fields, out);
  }
}

// One object for all layers, or one each for those that see everything and those with a window.
Result<void> ReadRotations(const Json& object, const std::string& place, const Positions& positions,
                           ModelConfig& out) {
  if (!object.is_object()) return Fail(ErrorCode::kInput, "{} must be an object", place);
  constexpr const char* kFull = "full_attention";
  constexpr const char* kWindowed = "sliding_attention";
  if (!object.contains(kFull) && !object.contains(kWindowed)) {
    return ReadScaling(object, place, positions, out);
  }
  if (!out.window_rope) out.window_rope = out.rope;
  for (const char* key : {kFull, kWindowed}) {
    const Json& one = object.value(key, Json::object());
    const std::string where = place + "." + key;
    if (!one.is_object()) return Fail(ErrorCode::kInput, "{} must be an object", where);
    if (key == kWindowed) std::swap(out.rope, *out.window_rope);
    auto read = ReadScaling(one, where, positions, out);
    if (key == kWindowed) std::swap(out.rope, *out.window_rope);
    if (!read) return read;
  }
  return {};
}

std::string NameOfArchitecture(Fields& fields) {
  if (const auto type = fields.OptionalString("model_type")) return *type;
  const auto classes = fields.OptionalStrings("architectures");
  if (!classes || classes->empty()) return "";
  for (const Architecture& known : Architectures()) {
    if (known.hf_class == classes->front()) return std::string(known.name);
  }
  return classes->front();
}

// The text part of a model of text and images, or null.
const Json* TextPart(const Json& config) {
  const auto type = config.find("model_type");
  const auto text = config.find("text_config");
  if (type == config.end() || text == config.end() || !text->is_object()) return nullptr;
  for (const Architecture& known : Architectures()) {
    if (!known.composite.empty() && *type == known.composite) return &*text;
  }
  return nullptr;
}

}  // namespace

Result<ModelConfig> ParseModelConfig(const Json& config, const std::string& place) {
  if (!config.is_object()) return Fail(ErrorCode::kInput, "{}: expected a JSON object", place);
  if (const Json* text = TextPart(config)) {
    auto out = ParseModelConfig(*text, place + ": text_config");
    if (!out) return out;
    const auto ids = config.find("eos_token_id");
    AddEndIds(ids == config.end() ? nullptr : &*ids, out->end_ids);
    return out;
  }
  ModelConfig out;
  Fields names(config, place);
  names.AllowOthers();
  out.architecture = NameOfArchitecture(names);
  const auto architecture = FindArchitecture(out.architecture, place);
  if (!architecture) return Pass(architecture.error());
  if (auto done = names.Done(); !done) return Pass(done.error());
  Json filled = Json::parse(architecture->defaults);
  filled.update(config);
  Fields fields(filled, place);
  fields.AllowOthers();

  out.vocabulary = fields.Int("vocab_size", 1, kMaxInt);
  out.hidden = fields.Int("hidden_size", 1, kMaxInt);
  out.intermediate = fields.Int("intermediate_size", 1, kMaxInt);
  out.layers = fields.Int("num_hidden_layers", 1, kMostLayers);
  out.heads = fields.Int("num_attention_heads", 1, kMaxInt);
  out.kv_heads = fields.OptionalInt("num_key_value_heads", 1, kMaxInt).value_or(out.heads);
  out.head_dim = fields.OptionalInt("head_dim", 1, kMaxInt)
                     .value_or(out.heads > 0 ? out.hidden / out.heads : 0);
  const auto max_positions =
      fields.OptionalInt("max_position_embeddings", 1, kMaxInt).value_or(2048);
  out.context = max_positions;
  out.rms_eps = fields.OptionalNumber("rms_norm_eps").value_or(1e-6);
  out.tied_head = fields.OptionalBool("tie_word_embeddings").value_or(false);
  const bool attention_bias = fields.OptionalBool("attention_bias").value_or(false);
  out.qkv_bias = architecture->always_qkv_bias || attention_bias;
  out.output_bias = !architecture->always_qkv_bias && attention_bias;
  out.mlp_bias = fields.OptionalBool("mlp_bias").value_or(false);
  out.qk_norm = architecture->qk_norm;
  ReadSpecials(fields, *architecture, out);

  ReadShare(fields, out);
  const Positions positions{static_cast<double>(max_positions),
                            fields.OptionalNumber("original_max_position_embeddings")};
  out.rope.theta = fields.OptionalNumber("rope_theta").value_or(10000);
  const Json* parameters = fields.OptionalAny("rope_parameters");
  const Json* scaling = fields.OptionalAny("rope_scaling");
  AddEndIds(fields.OptionalAny("eos_token_id"), out.end_ids);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  for (const Json* rope : {scaling, parameters}) {
    if (rope == nullptr || rope->is_null()) continue;
    const char* key = rope == scaling ? "rope_scaling" : "rope_parameters";
    auto read = ReadRotations(*rope, place + ": " + key, positions, out);
    if (!read) return Pass(read.error());
  }
  if (auto sizes = CheckSizes(out, place); !sizes) return Pass(sizes.error());
  return out;
}

Result<ModelConfig> ReadModelConfig(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  const auto json = ReadJsonFile(path);
  if (!json) return Pass(json.error());
  auto config = ParseModelConfig(*json, path.string());
  if (!config) return config;
  const auto generation_path = folder / "generation_config.json";
  if (std::filesystem::exists(generation_path)) {
    const auto generation = ReadJsonFile(generation_path);
    if (!generation) return Pass(generation.error());
    if (!generation->is_object()) {
      return Fail(ErrorCode::kInput, "{}: expected a JSON object", generation_path.string());
    }
    const auto ids = generation->find("eos_token_id");
    AddEndIds(ids == generation->end() ? nullptr : &*ids, config->end_ids);
  }
  return config;
}

}  // namespace assay
