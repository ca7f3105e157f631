// trainer/stages/data.h -- The problems a run trains on, with verifiers built and prompts encoded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/model/local_model.h"
#include "runner/model/template/chat_template.h"
#include "runner/question.h"
#include "trainer/stages/streams.h"
#include "trainer/stages/train_config.h"
#include "verifiers/verifier.h"

namespace assay {

struct TrainProblem {
  std::string id;
  std::string text;             // of the prompt, for people
  std::vector<TokenId> prompt;  // as sampled from
  std::string reference;
  std::shared_ptr<const Verifier> verifier;
  std::optional<std::size_t> stream;  // that it was drawn from
};

// A prompt and what is to be said to it.
struct Example {
  std::vector<TokenId> prompt;
  std::vector<TokenId> response;  // with the end-of-text token where the tokenizer has one
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

struct TrainData {
  QuestionSet questions;               // what is trained on; empty for grpo on streams
  std::vector<TrainProblem> problems;  // the same, encoded
  std::optional<ProblemStreams> streams;
  std::optional<Suite> held_out;  // as data.held_out_count leaves it
};

// Problems of the run and those held out. A held-out prompt that is also trained on is an error
// that names it, unless data.allow_overlap; generated problems that are held out are not trained
// on.
Result<TrainData> LoadTrainData(const TrainConfig& config, const PromptEncoder& encoder);

// The suite as this run asks it: as chat or as plain text, whatever the suite's own style.
QuestionSet AskedAs(const DataSection& data, const Suite& suite);

// One question with its verifier, encoded.
Result<TrainProblem> EncodeProblem(const std::string& suite, const std::filesystem::path& root,
                                   const Question& question, const PromptEncoder& encoder);
// A stream's problem as this run asks it.
Result<TrainProblem> EncodeDrawn(const DataSection& data, const ProblemStreams::Drawn& drawn,
                                 const PromptEncoder& encoder);

// data.responses, or the problems with their references as responses. A prompt that is held out is
// an error like in LoadTrainData.
Result<std::vector<Example>> LoadExamples(const TrainConfig& config, const PromptEncoder& encoder,
                                          const TrainData& data);

// The index at place `cursor` of endless passes over `count` items, each pass in its own order.
std::size_t ShuffledIndex(std::uint64_t seed, std::int64_t cursor, std::size_t count);

}  // namespace assay
