// runner/model/tokenizer/pipeline.h -- What a Tokenizer is made of; filled by the two readers
// (tokenizer_json.cpp, gguf.cpp).
//
// The order, as in Hugging Face tokenizers: added tokens are cut out of the raw text, the rest is
// normalised, added tokens marked `normalized` are cut out, the rest is split into words, each
// word is merged. Known difference: Decode gives bytes where they give U+FFFD.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/model/tokenizer/added_tokens.h"
#include "runner/model/tokenizer/bpe.h"
#include "runner/model/tokenizer/normalizer.h"
#include "runner/model/tokenizer/pre_tokenizer.h"
#include "runner/model/tokenizer/tokenizer.h"

namespace assay {

// SentencePiece's spaces: every ' ' becomes "▁", and one is put in front.
struct Metaspace {
  enum class Prefix { kNever, kFirst, kAlways };
  std::string replacement = "\u2581";
  Prefix prefix = Prefix::kAlways;
};

struct Tokenizer::Data {
  Normalizer normalizer;
  std::optional<Metaspace> metaspace;  // before splitting
  PreTokenizer pre_tokenizer;
  std::unique_ptr<Bpe> bpe;
  AddedTokens added;

  std::vector<std::string> bytes;  // by id: what Decode gives
  std::vector<bool> special;       // by id
  bool strip_leading_space = false;

  std::vector<TokenId> prefix, suffix;  // with add_special
  std::optional<TokenId> bos, eos, padding;
  std::vector<TokenId> end_ids;
  std::string chat_template;
  std::string identity;

  TokenId Find(std::string_view spelled) const;
  // Call once when all else is filled: end ids, identity.
  void Finish();
};

// The byte that "<0x0A>" stands for; nothing for any other spelling.
std::optional<char> ByteOfFallback(std::string_view spelled);

// The steps of the pre-tokenizer that GGUF files call `name`, or kInput with the known names.
struct NamedPipeline {
  bool nfc = false;
  bool ignore_merges = false;
  std::vector<PreTokenizer::Step> steps;
};
Result<NamedPipeline> PipelineByName(const std::string& name);
// The step that splits by `pattern`.
Result<PreTokenizer::Step> SplitBy(std::string_view pattern);

}  // namespace assay
