// trainer/stages/data.h -- The problems a run trains on, with verifiers built and prompts encoded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runner/model/local_model.h"
#include "runner/model/template/chat_template.h"
#include "tasks/suite.h"
#include "trainer/stages/train_config.h"
#include "verifiers/verifier.h"

namespace assay {

struct TrainProblem {
  std::string id;
  std::vector<TokenId> prompt;
  std::string reference;
  std::shared_ptr<const Verifier> verifier;
};

// A prompt and what is to be said to it.
struct Example {
  std::vector<TokenId> prompt;
  std::vector<TokenId> response;  // with the end-of-text token where the tokenizer has one
};

struct TrainData {
  std::vector<TrainProblem> problems;
  std::vector<TrainProblem> held_out;
};

// Prompts as ids, the way sampling encodes them: through the chat template, or as plain text.
class PromptEncoder {
 public:
  // kInput when `chat` is asked for and the checkpoint's template is missing or malformed.
  static Result<PromptEncoder> Make(const LocalParts& parts, bool chat);
  Result<std::vector<TokenId>> Encode(const Prompt& prompt) const;
  // Text as the model would write it, ended.
  Result<std::vector<TokenId>> EncodeResponse(const std::string& text) const;

 private:
  explicit PromptEncoder(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}
  Tokenizer tokenizer_;
  std::optional<ChatTemplate> chat_;
};

// Problems of the run and those held out. A held-out prompt that is also trained on is an error
// that names it.
Result<TrainData> LoadTrainData(const TrainConfig& config, const PromptEncoder& encoder);

// data.responses, or the problems with their references as responses.
Result<std::vector<Example>> LoadExamples(const TrainConfig& config, const PromptEncoder& encoder,
                                          const std::vector<TrainProblem>& problems);

// The index at place `cursor` of endless passes over `count` items, each pass in its own order.
std::size_t ShuffledIndex(std::uint64_t seed, std::int64_t cursor, std::size_t count);

}  // namespace assay
