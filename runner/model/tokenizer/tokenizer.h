// runner/model/tokenizer/tokenizer.h -- Text to token ids and back, exactly as the model was
// trained: equal to Hugging Face `tokenizers` id by id (the exceptions are listed in pipeline.h).
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/model/token_id.h"
#include "runner/model/tokenizer/gguf_vocabulary.h"

namespace assay {

// Bytes [begin, end) of a text.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const ByteRange&) const = default;
};

struct EncodeOptions {
  // Whether "<|im_end|>" in the text becomes the special token (true: text that a chat template
  // wrote) or plain letters (false: text of strangers).
  bool parse_special = true;
  // Whether the model's own frame (BOS …) is put around: true for raw text to complete, false for
  // the output of a chat template, which holds its BOS already.
  bool add_special = false;
  // Parts of the text in which no special or markup token is recognised, ascending and disjoint:
  // user content inside a rendered chat template. Everything else is as without them.
  std::span<const ByteRange> literal = {};
};

// Immutable and thread-safe; copies share one vocabulary.
class Tokenizer {
 public:
  // Reads tokenizer.json, and beside it tokenizer_config.json and special_tokens_map.json where
  // present, of a Hugging Face folder. kNotFound or kInput, naming the file and the key; a part
  // that is not implemented is refused by name, never approximated.
  static Result<Tokenizer> FromFolder(const std::filesystem::path& folder);
  // `place` (the file's name) starts every message.
  static Result<Tokenizer> FromGguf(GgufVocabulary vocabulary, const std::string& place);

  // The ids of `text`: any bytes; those that are not UTF-8 are read as U+FFFD. Cost is about
  // linear in the length, whatever it holds. The only error: the model file's own splitting
  // expression gives up on this text (kInput).
  Result<std::vector<TokenId>> Encode(std::string_view text, const EncodeOptions& options) const;

  // The bytes of the tokens in order: not necessarily UTF-8 where `ids` end inside a character.
  // Ids outside the vocabulary give nothing. With `skip_special`, special tokens give nothing too.
  std::string Decode(std::span<const TokenId> ids, bool skip_special = false) const;

  // The bytes that `id` stands for within a text; "" outside the vocabulary. Lives as long as a
  // copy of this tokenizer.
  std::string_view TokenBytes(TokenId id) const;

  // One more than the largest id. The model's output rows may be more (padding): mask those.
  TokenId VocabularySize() const;
  bool IsSpecial(TokenId id) const;
  // The id of the token written exactly so ("<|im_end|>", "Ġthe"), as the vocabulary file spells
  // it.
  std::optional<TokenId> Find(std::string_view token) const;

  std::optional<TokenId> bos() const;
  std::optional<TokenId> eos() const;
  std::optional<TokenId> padding() const;
  // Their text, "" where absent: what chat templates call bos_token and eos_token.
  std::string BosText() const;
  std::string EosText() const;
  // Ids that end a turn or a text: eos and every known end-of-turn token of this vocabulary,
  // ascending. The checkpoint's generation_config may add more.
  const std::vector<TokenId>& EndIds() const;
  // What encoding with add_special puts before the text (BOS, mostly).
  const std::vector<TokenId>& Prefix() const;

  // The chat template that came with the tokenizer ("" if none), Jinja source.
  const std::string& ChatTemplateSource() const;

  // SHA-256 of everything that decides ids, in hexadecimal.
  const std::string& Identity() const;

  // Whether the first token of a text loses its leading space when decoded (SentencePiece).
  bool StripsLeadingSpace() const;

  struct Data;  // private to this folder

 private:
  explicit Tokenizer(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// Text of a stream of tokens, handed out in whole characters. One thread at a time.
class StreamDecoder {
 public:
  explicit StreamDecoder(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  // The text that `id` completes; "" while a character is still open.
  std::string Push(TokenId id);
  // What is still held back: bytes of an unfinished character. Starts anew afterwards.
  std::string Finish();

 private:
  Tokenizer tokenizer_;
  std::string held_;
  bool started_ = false;
};

}  // namespace assay
