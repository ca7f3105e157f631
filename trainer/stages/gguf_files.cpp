#include "trainer/stages/gguf_files.h"

#include "base/files.h"
#include "runner/model/tokenizer/pipeline.h"

namespace assay {
namespace {

OrderedJson ByteLevelStep(bool splits) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", splits}};
}

OrderedJson SplitStep(std::string_view pattern) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", pattern}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}

struct Pipeline {
  OrderedJson normalizer, pre_tokenizer;
  bool ignore_merges = false;
};

// The pipelines that PipelineByName knows, written out.
Result<Pipeline> PipelineOf(const std::string& pre) {
  const auto sequence = [](OrderedJson first, OrderedJson second) {
    return OrderedJson{{"type", "Sequence"},
                       {"pretokenizers", {std::move(first), std::move(second)}}};
  };
  const OrderedJson digits = {{"type", "Digits"}, {"individual_digits", true}};
  Pipeline pipeline;
  if (pre == "gpt-2") {
    pipeline.pre_tokenizer = ByteLevelStep(true);
  } else if (pre == "smollm" || pre == "refact" || pre == "starcoder") {
    pipeline.pre_tokenizer = sequence(digits, ByteLevelStep(true));
  } else if (pre == "qwen2" || pre == "deepseek-r1-qwen") {
    pipeline.normalizer = {{"type", "NFC"}};
    pipeline.pre_tokenizer = sequence(SplitStep(kQwen2Pattern), ByteLevelStep(false));
  } else if (pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3") {
    pipeline.ignore_merges = true;
    pipeline.pre_tokenizer = sequence(SplitStep(kLlama3Pattern), ByteLevelStep(false));
  } else {
    return Fail(ErrorCode::kInput,
                "tokenizer.ggml.pre: \"{}\" cannot be written as tokenizer.json: train from the "
                "Hugging Face folder",
                pre);
  }
  return pipeline;
}

}  // namespace

OrderedJson HuggingFaceConfig(const ModelConfig& config, const GgufVocabulary& vocabulary) {
  OrderedJson json;
  for (const Architecture& known : Architectures()) {
    if (known.name == config.architecture) json["architectures"] = {known.hf_class};
  }
  json["model_type"] = config.architecture;
  json["vocab_size"] = config.vocabulary;
  json["hidden_size"] = config.hidden;
  json["intermediate_size"] = config.intermediate;
  json["num_hidden_layers"] = config.layers;
  json["num_attention_heads"] = config.heads;
  json["num_key_value_heads"] = config.kv_heads;
  json["head_dim"] = config.head_dim;
  json["max_position_embeddings"] = config.context;
  json["rms_norm_eps"] = config.rms_eps;
  json["rope_theta"] = config.rope.theta;
  json["hidden_act"] = "silu";
  json["tie_word_embeddings"] = config.tied_head;
  json["attention_bias"] = config.output_bias;
  json["mlp_bias"] = config.mlp_bias;
  json["torch_dtype"] = "float32";
  if (vocabulary.bos) json["bos_token_id"] = *vocabulary.bos;
  if (vocabulary.eos) json["eos_token_id"] = *vocabulary.eos;
  if (vocabulary.padding) json["pad_token_id"] = *vocabulary.padding;
  return json;
}

Result<void> WriteTokenizerFiles(const GgufVocabulary& vocabulary,
                                 const std::filesystem::path& folder) {
  if (vocabulary.model != "gpt2") {
    return Fail(ErrorCode::kInput,
                "tokenizer.ggml.model: \"{}\" cannot be written as tokenizer.json: train from the "
                "Hugging Face folder",
                vocabulary.model);
  }
  auto pipeline = PipelineOf(vocabulary.pre);
  if (!pipeline) return Pass(pipeline.error());
  OrderedJson vocab = OrderedJson::object();
  OrderedJson added = OrderedJson::array();
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    vocab[vocabulary.tokens[id]] = id;
    if (vocabulary.token_types.empty()) continue;
    const auto type = static_cast<GgufTokenType>(vocabulary.token_types[id]);
    const bool special = type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
    if (!special && type != GgufTokenType::kUserDefined) continue;
    added.push_back({{"id", id},
                     {"content", vocabulary.tokens[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", special}});
  }
  const OrderedJson model = {{"type", "BPE"},
                             {"dropout", nullptr},
                             {"unk_token", nullptr},
                             {"continuing_subword_prefix", nullptr},
                             {"end_of_word_suffix", nullptr},
                             {"fuse_unk", false},
                             {"byte_fallback", false},
                             {"ignore_merges", pipeline->ignore_merges},
                             {"vocab", std::move(vocab)},
                             {"merges", vocabulary.merges}};
  const OrderedJson tokenizer = {{"version", "1.0"},
                                 {"truncation", nullptr},
                                 {"padding", nullptr},
                                 {"added_tokens", std::move(added)},
                                 {"normalizer", pipeline->normalizer},
                                 {"pre_tokenizer", pipeline->pre_tokenizer},
                                 {"post_processor", ByteLevelStep(true)},
                                 {"decoder", ByteLevelStep(true)},
                                 {"model", model}};
  OrderedJson config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                        {"add_bos_token", vocabulary.add_bos.value_or(false)}};
  const auto token = [&](const char* key, const std::optional<TokenId>& id) {
    if (id) config[key] = vocabulary.tokens[static_cast<std::size_t>(*id)];
  };
  token("bos_token", vocabulary.bos);
  token("eos_token", vocabulary.eos);
  token("pad_token", vocabulary.padding);
  token("unk_token", vocabulary.unknown);
  if (!vocabulary.chat_template.empty()) config["chat_template"] = vocabulary.chat_template;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", folder.string(),
                error.message());
  }
  if (auto written = WriteFileAtomically(folder / "tokenizer.json", tokenizer.dump() + "\n");
      !written) {
    return written;
  }
  return WriteFileAtomically(folder / "tokenizer_config.json", config.dump(2) + "\n");
}

}  // namespace assay
