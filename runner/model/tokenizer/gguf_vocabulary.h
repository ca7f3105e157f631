// runner/model/tokenizer/gguf_vocabulary.h -- The `tokenizer.*` metadata of a GGUF file, as plain
// values: filled by the GGUF reader, understood by Tokenizer::FromGguf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/model/token_id.h"

namespace assay {

// The numbers of `tokenizer.ggml.token_type`.
enum class GgufTokenType : std::int32_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,      // a special token: <|im_end|>
  kUserDefined = 4,  // cut out of the text before merging, but not special
  kUnused = 5,
  kByte = 6,  // "<0x0A>"
};

// Each member is the value of the key `tokenizer.ggml.<name>` unless the comment says otherwise.
// Absent keys leave the default.
struct GgufVocabulary {
  std::string model;                // "gpt2" (byte-level BPE), "llama" (SentencePiece BPE), …
  std::string pre;                  // "smollm", "qwen2", "llama-bpe", "gpt-2", …
  std::vector<std::string> tokens;  // text by id, as stored (byte-level alphabet for "gpt2")
  std::vector<std::int32_t> token_types;  // key token_type; as many as tokens, or none
  std::vector<float> scores;              // "llama" only; as many as tokens, or none
  std::vector<std::string> merges;        // "left right", best first
  std::optional<TokenId> bos;             // key bos_token_id
  std::optional<TokenId> eos;             // key eos_token_id
  std::optional<TokenId> eot;             // key eot_token_id
  std::optional<TokenId> eom;             // key eom_token_id
  std::optional<TokenId> unknown;         // key unknown_token_id
  std::optional<TokenId> padding;         // key padding_token_id
  std::optional<bool> add_bos;            // key add_bos_token
  std::optional<bool> add_eos;            // key add_eos_token
  std::optional<bool> add_space_prefix;   // "llama" only
  std::string chat_template;              // key tokenizer.chat_template; "" if absent
};

}  // namespace assay
