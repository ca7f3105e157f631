// tests/trainer/tiny_model.h -- The reference file's two-layer Qwen2 as a learner.
#pragma once

#include <map>
#include <memory>

#include "tests/trainer/reference_file.h"
#include "trainer/loss/advantage.h"
#include "trainer/loss/policy_loss.h"
#include "trainer/model/adamw.h"
#include "trainer/model/learner.h"
#include "trainer/model/threads.h"

namespace assay {

// Weights from nested JSON arrays.
class JsonWeights : public TensorSource {
 public:
  explicit JsonWeights(const Json& weights) {
    for (const auto& [name, rows] : weights.items()) {
      std::vector<float>& data = data_[name];
      StoredTensor tensor;
      tensor.name = name;
      if (rows.at(0).is_array()) {
        data = Flat<float>(rows);
        tensor.rows = static_cast<std::int64_t>(rows.size());
      } else {
        data = rows.get<std::vector<float>>();
      }
      tensor.columns = static_cast<std::int64_t>(data.size()) / tensor.rows;
      tensor.bytes =
          std::string_view(reinterpret_cast<const char*>(data.data()), data.size() * sizeof(float));
      tensors_[name] = tensor;
    }
  }
  const StoredTensor* Find(std::string_view name) const override {
    const auto found = tensors_.find(std::string(name));
    return found == tensors_.end() ? nullptr : &found->second;
  }
  std::string Place() const override { return "tiny model"; }
  std::string ContentHash() const override { return "tiny"; }

 private:
  std::map<std::string, std::vector<float>> data_;
  std::map<std::string, StoredTensor> tensors_;
};

inline ModelConfig TinyConfig(const Json& json) {
  ModelConfig config;
  config.architecture = "qwen2";
  config.vocabulary = json.at("vocab_size");
  config.hidden = json.at("hidden_size");
  config.intermediate = json.at("intermediate_size");
  config.layers = json.at("num_hidden_layers");
  config.heads = json.at("num_attention_heads");
  config.kv_heads = json.at("num_key_value_heads");
  config.head_dim = json.at("head_dim");
  config.rms_eps = json.at("rms_norm_eps");
  config.rope.theta = json.at("rope_theta");
  config.tied_head = json.at("tie_word_embeddings");
  config.qkv_bias = json.at("qkv_bias");
  config.context = 64;
  return config;
}

struct TinyModel {
  explicit TinyModel(const Json& section, LearnerOptions options = {}) : json(section) {
    SetTrainingThreads(1);  // less than a thread's worth of work
    const JsonWeights weights(section.at("weights"));
    auto made =
        Learner::FromWeights(TinyConfig(section.at("config")), weights, options, Key("t", 1));
    REQUIRE(made.has_value());
    learner = std::move(*made);
    // The file's numbers are decimal: a double learner takes them at full precision.
    for (const ParameterView& view : learner->parameters()) {
      if (!view.is_double || !section.at("weights").contains(view.name)) continue;
      const Json& rows = section.at("weights").at(view.name);
      const auto exact =
          rows.at(0).is_array() ? Flat<double>(rows) : rows.get<std::vector<double>>();
      std::copy(exact.begin(), exact.end(), view.doubles().begin());
    }
    const auto per_prompt = section.at("num_generations").get<std::size_t>();
    for (std::size_t p = 0; p < section.at("prompts").size(); ++p) {
      PromptGroup group;
      group.prompt = section.at("prompts")[p].get<std::vector<TokenId>>();
      for (std::size_t g = 0; g < per_prompt; ++g) {
        group.responses.push_back(
            section.at("completions")[p * per_prompt + g].get<std::vector<TokenId>>());
      }
      groups.push_back(group);
    }
    batch = Pack(groups);
  }

  Json json;
  std::unique_ptr<Learner> learner;
  std::vector<PromptGroup> groups;
  PackedBatch batch;
};

// Our own reference file's model.
inline Json OwnTinyModel() {
  auto file = ReadJsonFile(ASSAY_SOURCE_DIR "/tests/cases/trainer/reference_small.json");
  REQUIRE(file.has_value());
  return file->at("tiny_model");
}

}  // namespace assay
