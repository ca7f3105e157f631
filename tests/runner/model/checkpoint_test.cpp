// Checkpoint files: formats, and what hostile or broken ones give.
#include <cstring>
#include <fstream>

#include "base/files.h"
#include "base/json.h"
#include "base/rng.h"
#include "runner/model/checkpoint/fused_tensors.h"
#include "runner/model/checkpoint/gguf.h"
#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/checkpoint/usual_tensors.h"
#include "runner/model/local_model.h"
#include "runner/model/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

const std::filesystem::path kCases = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/cases/model";

void Write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST_CASE("every GGUF format is dequantised as the gguf package does") {
  constexpr StoredType kAll[] = {
      StoredType::kF16,  StoredType::kBf16, StoredType::kQ4_0, StoredType::kQ4_1, StoredType::kQ5_0,
      StoredType::kQ5_1, StoredType::kQ8_0, StoredType::kQ4K,  StoredType::kQ5K,  StoredType::kQ6K};
  std::size_t checked = 0;
  const auto read =
      ForEachJsonLine(kCases / "dequantize.jsonl", [&](std::size_t, Result<Json> line) {
        REQUIRE(line);
        for (const StoredType type : kAll) {
          if ((*line)["type"] != ToString(type)) continue;
          const std::string bytes = FromHex((*line)["bytes"].get<std::string>());
          const auto expected = (*line)["weights"].get<std::vector<float>>();
          std::vector<float> weights(expected.size());
          const BlockLayout layout = LayoutOf(type);
          REQUIRE(static_cast<std::int64_t>(bytes.size()) ==
                  static_cast<std::int64_t>(expected.size()) / layout.weights * layout.bytes);
          Dequantize(type, bytes.data(), static_cast<std::int64_t>(bytes.size()) / layout.bytes,
                     weights.data());
          INFO(ToString(type));
          for (std::size_t i = 0; i < weights.size(); ++i) {
            REQUIRE(static_cast<double>(weights[i]) ==
                    Approx(static_cast<double>(expected[i])).epsilon(1e-6));
          }
          ++checked;
        }
        return true;
      });
  REQUIRE(read);
  CHECK(checked == std::size(kAll));
}

// A GGUF file, written value by value.
class GgufBytes {
 public:
  template <class T>
  GgufBytes& Raw(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  GgufBytes& Text(std::string_view text) {
    Raw(std::uint64_t{text.size()});
    bytes_ += text;
    return *this;
  }
  GgufBytes& Key(std::string_view key, std::string_view value) {
    return Text(key).Raw(std::uint32_t{8}).Text(value);
  }
  GgufBytes& Key(std::string_view key, std::uint32_t value) {
    return Text(key).Raw(std::uint32_t{4}).Raw(value);
  }
  GgufBytes& Key(std::string_view key, float value) {
    return Text(key).Raw(std::uint32_t{6}).Raw(value);
  }
  GgufBytes& Tensor(std::string_view name, std::uint64_t columns, std::uint64_t rows,
                    std::uint32_t type, std::uint64_t offset) {
    return Text(name).Raw(std::uint32_t{2}).Raw(columns).Raw(rows).Raw(type).Raw(offset);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string SmallGguf(std::string_view architecture = "llama", std::uint32_t tensor_type = 0) {
  GgufBytes out;
  out.Raw(std::uint32_t{0x46554747})
      .Raw(std::uint32_t{3})
      .Raw(std::uint64_t{2})
      .Raw(std::uint64_t{8});
  out.Key("general.architecture", architecture);
  out.Key("llama.embedding_length", 8U).Key("llama.feed_forward_length", 8U);
  out.Key("llama.block_count", 1U).Key("llama.attention.head_count", 2U);
  out.Key("llama.context_length", 32U).Key("llama.rope.freq_base", 1e4F);
  out.Key("llama.attention.layer_norm_rms_epsilon", 1e-5F);
  out.Tensor("token_embd.weight", 8, 4, 0, 0);
  out.Tensor("blk.0.attn_q.weight", 8, 8, tensor_type, 128);
  std::string bytes = out.bytes();
  bytes.resize((bytes.size() + 31) / 32 * 32);
  for (int i = 0; i < 32 + 64; ++i) {
    const auto value = static_cast<float>(i);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

TEST_CASE("a GGUF file gives configuration and tensors, rows of Q put back in order") {
  const TempDir dir;
  Write(dir.path() / "a.gguf", SmallGguf());
  const auto file = GgufFile::Open(dir.path() / "a.gguf");
  if (!file) FAIL(file.error().message);
  const auto config = (*file)->Config();
  REQUIRE(config);
  CHECK(config->head_dim == 4);
  CHECK(config->vocabulary == 4);
  CHECK(config->tied_head);
  const StoredTensor* q = (*file)->Find("model.layers.0.self_attn.q_proj.weight");
  REQUIRE(q != nullptr);
  std::vector<float> firsts;
  for (std::int64_t row = 0; row < 8; ++row) {
    float values[8];
    ReadRow(*q, row, values);
    firsts.push_back((values[0] - 32) / 8);
  }
  CHECK(firsts == std::vector<float>{0, 2, 1, 3, 4, 6, 5, 7});
  CHECK((*file)->Find("model.layers.1.self_attn.q_proj.weight") == nullptr);
  CHECK((*file)->Find("nonsense") == nullptr);
}

TEST_CASE("a broken GGUF file gives one sentence that names it") {
  const TempDir dir;
  const auto path = dir.path() / "broken.gguf";
  const std::string whole = SmallGguf();
  const auto message = [&](std::string_view bytes) {
    Write(path, bytes);
    const auto file = GgufFile::Open(path);
    return file ? std::string() : file.error().message;
  };
  CHECK(message(whole).empty());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string told = message(std::string_view(whole).substr(0, length));
    INFO(length);
    REQUIRE_THAT(told, Contains("broken.gguf"));
  }
  CHECK_THAT(message(SmallGguf("mamba")), Contains("architecture \"mamba\" is not implemented"));
  for (const char* gemma : {"gemma2", "gemma3"}) {
    CHECK_THAT(message(SmallGguf(gemma)), Contains(gemma) && Contains("Hugging Face folder"));
  }
  CHECK_THAT(message(SmallGguf("llama", 99)), Contains("blk.0.attn_q.weight") && Contains("99"));
  // Any single byte changed: an error or a file, never a crash.
  Rng rng(Key("mutate", 1));
  for (int i = 0; i < 3000; ++i) {
    std::string mutated = whole;
    mutated[static_cast<std::size_t>(rng.Int(0, 600))] = static_cast<char>(rng.Int(0, 255));
    Write(path, mutated);
    const auto file = GgufFile::Open(path);
    if (file) (*file)->Vocabulary();
  }
}

std::string SafetensorsBytes(const std::string& header, std::size_t data) {
  const auto size = static_cast<std::uint64_t>(header.size());
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  return bytes + header + std::string(data, '\0');
}

TEST_CASE("a broken safetensors file gives one sentence that names it") {
  const TempDir dir;
  const auto message = [&](const std::string& bytes) {
    Write(dir.path() / "model.safetensors", bytes);
    const auto opened = Safetensors::Open(dir.path());
    return opened ? std::string() : opened.error().message;
  };
  const std::string good = R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
  CHECK(message(SafetensorsBytes(good, 24)).empty());
  CHECK_THAT(message(SafetensorsBytes(good, 23)), Contains("\"a\"") && Contains("truncated"));
  CHECK_THAT(message(""), Contains("model.safetensors"));
  CHECK_THAT(message(SafetensorsBytes(good, 24).substr(0, 30)), Contains("truncated"));
  for (const char* header :
       {R"({"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,24]}})",
        R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[24,0]}})",
        R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,18446744073709551615]}})",
        R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[-1,23]}})",
        R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0]}})",
        R"({"a":{"dtype":"F32","shape":"x","data_offsets":[0,24]}})", R"({"a":7})", R"([1])",
        R"({"a":)"}) {
    INFO(header);
    CHECK_THAT(message(SafetensorsBytes(header, 24)), Contains("model.safetensors"));
  }
  // Absurd shapes are left out, not multiplied.
  CHECK(message(
            SafetensorsBytes(
                R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0))
            .empty());
  Write(dir.path() / "huge", SafetensorsBytes(good, 24));
  std::string huge = SafetensorsBytes(good, 24);
  const std::uint64_t claim = ~std::uint64_t{0};
  std::memcpy(huge.data(), &claim, sizeof claim);
  CHECK_THAT(message(huge), Contains("claims"));
}

TEST_CASE("an index may name files of its own folder only") {
  const TempDir dir;
  Write(dir.path() / "model.safetensors.index.json",
        R"({"weight_map":{"a":"../secret.safetensors"}})");
  const auto opened = Safetensors::Open(dir.path());
  REQUIRE(!opened);
  CHECK_THAT(opened.error().message, Contains("weight_map"));
}

TEST_CASE("a configuration that is not implemented is refused by name") {
  const auto base = ReadJsonFile(kCases / "tiny/qwen2/config.json");
  REQUIRE(base);
  REQUIRE(ParseModelConfig(*base, "config.json"));
  const auto message = [&](const std::string& key, const Json& value) {
    Json changed = *base;
    changed[key] = value;
    const auto config = ParseModelConfig(changed, "config.json");
    return config ? std::string() : config.error().message;
  };
  CHECK_THAT(message("model_type", "mixtral"), Contains("mixtral") && Contains("qwen3"));
  CHECK_THAT(message("hidden_act", "gelu"), Contains("gelu"));
  CHECK_THAT(message("rope_scaling", Json{{"rope_type", "dynamic"}, {"factor", 2.0}}),
             Contains("dynamic") && Contains("longrope"));
  CHECK_THAT(message("rope_scaling", Json{{"rope_type", "longrope"}}), Contains("short_factor"));
  CHECK_THAT(message("rope_scaling", Json{{"rope_type", "longrope"}, {"short_factor", {1, 0}}}),
             Contains("above 0"));
  CHECK_THAT(message("rope_scaling", Json{{"rope_type", "longrope"}, {"short_factor", {1, 2, 3}}}),
             Contains("4 frequencies and 3 factors"));
  CHECK_THAT(message("rope_scaling", Json{{"type", "linear"}}), Contains("factor"));
  CHECK_THAT(message("layer_types", Json{"full_attention", "sliding_attention"}),
             Contains("sliding_attention"));
  CHECK_THAT(message("num_key_value_heads", 4), Contains("4 key/value heads"));
  CHECK_THAT(message("head_dim", 7), Contains("odd"));
  CHECK_THAT(message("partial_rotary_factor", 0.75), Contains("partial_rotary_factor"));
  CHECK_THAT(message("vocab_size", -3), Contains("vocab_size"));
  CHECK_THAT(message("hidden_size", "x"), Contains("hidden_size"));
  CHECK_THAT(message("attn_logit_softcapping", 30), Contains("not implemented for qwen2"));
  Json window = *base;
  window["use_sliding_window"] = true;
  window["sliding_window"] = 4096;
  CHECK(!ParseModelConfig(window, "config.json"));
}

TEST_CASE("what sets Gemma apart is read, or filled in as the family has it") {
  const auto gemma2 = ReadModelConfig(kCases / "tiny/gemma2");
  REQUIRE(gemma2);
  CHECK(gemma2->windowed == std::vector<bool>{true, false, true});
  CHECK((gemma2->window == 21 && gemma2->score_width == 20.0));
  CHECK((gemma2->score_cap == 6.0 && gemma2->logit_cap == 15.0));
  CHECK((gemma2->FirstSeen(0, 20) == 0 && gemma2->FirstSeen(0, 21) == 1));
  CHECK(gemma2->FirstSeen(1, 60) == 0);
  CHECK((!gemma2->window_rope && gemma2->tied_head && !gemma2->IsPlain()));
  const auto gemma3 = ReadModelConfig(kCases / "tiny/gemma3");
  REQUIRE(gemma3);
  CHECK(gemma3->windowed == std::vector<bool>{false, true, true});
  CHECK((gemma3->rope.type == RopeType::kLinear && gemma3->rope.factor == 4));
  REQUIRE(gemma3->window_rope);
  CHECK((gemma3->window_rope->type == RopeType::kPlain && gemma3->window_rope->theta == 5000));
  CHECK((!gemma3->score_cap && !gemma3->logit_cap && gemma3->qk_norm));
  // As published checkpoints of text and images are written: most of it is left out.
  const auto images =
      ParseModelConfig(Json{{"model_type", "gemma3"},
                            {"eos_token_id", {1, 106}},
                            {"text_config",
                             {{"model_type", "gemma3_text"},
                              {"hidden_size", 2560},
                              {"intermediate_size", 10240},
                              {"num_hidden_layers", 34},
                              {"rope_scaling", {{"rope_type", "linear"}, {"factor", 8}}},
                              {"sliding_window", 1024}}}},
                       "config.json");
  if (!images) FAIL(images.error().message);
  CHECK((images->heads == 8 && images->kv_heads == 4 && images->head_dim == 256));
  CHECK((images->vocabulary == 262208 && images->context == 131072 && images->tied_head));
  CHECK((images->rope.theta == 1e6 && images->rope.factor == 8));
  REQUIRE(images->window_rope);
  CHECK((images->window_rope->theta == 10000 && images->window_rope->factor == 1));
  CHECK((images->IsWindowed(4) && !images->IsWindowed(5) && images->IsWindowed(33)));
  CHECK(images->end_ids == std::vector<TokenId>{1, 106});
}

TEST_CASE("a damaged configuration of Gemma is refused by key") {
  const auto message = [](const char* name, const std::string& key, const Json& value) {
    auto changed = ReadJsonFile(kCases / "tiny" / name / "config.json").value();
    changed[key] = value;
    const auto config = ParseModelConfig(changed, "config.json");
    return config ? std::string() : config.error().message;
  };
  for (const char* name : {"gemma2", "gemma3"}) {
    for (const char* key : {"query_pre_attn_scalar", "final_logit_softcapping"}) {
      for (const double value : {0.0, -1.0, 1e-60}) {
        CHECK_THAT(message(name, key, value), Contains(key) && Contains("above 0"));
      }
      CHECK_THAT(message(name, key, "x"), Contains(key));
      CHECK(message(name, key, nullptr).empty());
    }
    CHECK_THAT(message(name, "sliding_window", 0), Contains("sliding_window"));
    CHECK_THAT(message(name, "sliding_window", nullptr), Contains("sliding_window"));
    CHECK_THAT(message(name, "sliding_window_pattern", 0), Contains("sliding_window_pattern"));
    CHECK_THAT(message(name, "hidden_activation", "relu"),
               Contains("relu") && Contains("gelu_pytorch_tanh"));
    CHECK_THAT(message(name, "layer_types", Json{"full_attention"}),
               Contains("1 entries for 3 layers"));
    CHECK_THAT(message(name, "layer_types", Json{"full_attention", "chunked_attention", "x"}),
               Contains("chunked_attention"));
    CHECK_THAT(message(name, "use_bidirectional_attention", true), Contains("bidirectional"));
    CHECK_THAT(message(name, "num_hidden_layers", 1LL << 40), Contains("num_hidden_layers"));
  }
  CHECK_THAT(message("gemma2", "attn_logit_softcapping", -2), Contains("attn_logit_softcapping"));
  CHECK_THAT(message("gemma3", "attn_logit_softcapping", 50), Contains("attn_logit_softcapping"));
  CHECK_THAT(message("gemma3", "rope_parameters", Json{{"sliding_attention", 7}}),
             Contains("rope_parameters.sliding_attention must be an object"));
  CHECK_THAT(message("gemma3", "rope_parameters",
                     Json{{"full_attention", {{"rope_type", "dynamic"}, {"factor", 2}}}}),
             Contains("full_attention") && Contains("dynamic"));
  CHECK_THAT(message("gemma3_images", "text_config",
                     Json{{"model_type", "gemma3_text"}, {"num_key_value_heads", 3}}),
             Contains("text_config") && Contains("3 key/value heads"));
}

TEST_CASE("norms stored without their 1 are shown with it, misshapen ones as they are") {
  const auto config = ReadModelConfig(kCases / "tiny/gemma3_images");
  REQUIRE(config);
  auto opened = Safetensors::Open(kCases / "tiny/gemma3_images");
  REQUIRE(opened);
  const std::shared_ptr<const TensorSource> stored = *std::move(opened);
  const auto usual = UsualTensors(stored, *config);
  CHECK(stored->Find("model.norm.weight") == nullptr);
  const std::string last = "layers.5.post_feedforward_layernorm.weight";
  const StoredTensor* without = stored->Find("language_model.model." + last);
  const StoredTensor* with = usual->Find("model." + last);
  REQUIRE((without != nullptr && with != nullptr));
  std::vector<float> a(static_cast<std::size_t>(config->hidden));
  std::vector<float> b(a.size());
  ReadRow(*without, 0, a.data());
  ReadRow(*with, 0, b.data());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(b[i] == 1 + a[i]);
  CHECK(usual->Find("model.embed_tokens.weight")->type == StoredType::kBf16);
  CHECK(usual->ContentHash() == stored->ContentHash());
  const auto refused = Require(*usual, "model.norm.weight", 1, config->hidden + 1);
  REQUIRE(!refused);
  CHECK_THAT(refused.error().message, Contains("model.norm.weight"));
}

TEST_CASE("fused projections are shown one by one, and a misshapen one is refused") {
  const auto config = ReadModelConfig(kCases / "tiny/phi3");
  REQUIRE(config);
  CHECK(config->context == 100);  // the window, within which attention is full
  auto opened = Safetensors::Open(kCases / "tiny/phi3");
  REQUIRE(opened);
  const std::shared_ptr<const TensorSource> whole = *std::move(opened);
  const auto split = SplitFused(whole, *config);
  const StoredTensor* fused = whole->Find("model.layers.1.self_attn.qkv_proj.weight");
  const StoredTensor* key = split->Find("model.layers.1.self_attn.k_proj.weight");
  REQUIRE((fused != nullptr && key != nullptr));
  std::vector<float> expected(static_cast<std::size_t>(fused->columns));
  std::vector<float> got(expected.size());
  ReadRow(*fused, config->query_columns() + 3, expected.data());
  ReadRow(*key, 3, got.data());
  CHECK(got == expected);
  ModelConfig wrong = *config;
  wrong.intermediate += 1;
  const auto refused = Require(*SplitFused(whole, wrong), "model.layers.0.mlp.gate_proj.weight",
                               wrong.intermediate, wrong.hidden);
  REQUIRE(!refused);
  CHECK_THAT(refused.error().message, Contains("gate_proj"));
}

TEST_CASE("long rotation ends the context where its short factors do") {
  const auto config = ReadModelConfig(kCases / "tiny/phi3_longrope");
  REQUIRE(config);
  CHECK(config->context == 128);
  CHECK(config->rotary_dim() == 12);
  CHECK(config->head_dim == 16);
  CHECK(config->rope.divisors.size() == 6);
  CHECK(config->rope.attention_factor == Approx(std::sqrt(1 + std::log(4) / std::log(128))));
}

TEST_CASE("stop ids are the union of both configuration files") {
  const auto config = ReadModelConfig(kCases / "tiny/qwen2");
  REQUIRE(config);
  CHECK(config->end_ids == std::vector<TokenId>{258, 259});
}

TEST_CASE("a model that cannot be opened is named with the reason") {
  const TempDir dir;
  const auto message = [](const std::string& name) {
    const auto model = MakeLocalModel(name);
    CHECK((!model && ExitStatus(model.error().code) == 2));
    return model ? std::string() : model.error().message;
  };
  CHECK_THAT(message("smollm2-153m"), Contains("did you mean \"smollm2-135m\""));
  CHECK_THAT(message(dir.path().string()), Contains("config.json"));
  // A folder with weights but without a tokenizer.
  CHECK_THAT(message((kCases / "tiny/qwen2").string()), Contains("tokenizer"));
  std::filesystem::copy(kCases / "tiny/qwen2", dir.path() / "cut");
  const auto weights = ReadFile(dir.path() / "cut/model.safetensors");
  REQUIRE(weights);
  Write(dir.path() / "cut/model.safetensors", weights->substr(0, weights->size() / 2));
  CHECK_THAT(message((dir.path() / "cut").string()), Contains("truncated"));
}

}  // namespace
}  // namespace assay
