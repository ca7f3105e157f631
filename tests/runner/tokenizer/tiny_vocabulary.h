// tests/runner/tokenizer/tiny_vocabulary.h -- A vocabulary small enough to check ids by hand.
#pragma once

#include <string>

#include "runner/model/tokenizer/byte_level.h"
#include "runner/model/tokenizer/gguf_vocabulary.h"

namespace assay {

// Ids 0 to 255 are the bytes; then "he", "ll", "hell", "hello", " hello", "lo"; then special
// tokens.
inline GgufVocabulary TinyVocabulary(const std::string& pre = "gpt-2") {
  GgufVocabulary vocabulary;
  vocabulary.model = "gpt2";
  vocabulary.pre = pre;
  for (int byte = 0; byte < 256; ++byte)
    vocabulary.tokens.push_back(SpellingOfBytes(std::string(1, static_cast<char>(byte))));
  for (const char* token : {"he", "ll", "hell", "hello", "\u0120hello", "lo"})
    vocabulary.tokens.emplace_back(token);
  vocabulary.token_types.assign(vocabulary.tokens.size(), 1);
  for (const char* token : {"<|start|>", "<|im_end|>", "<|im_end|><|im_end|>"}) {
    vocabulary.tokens.emplace_back(token);
    vocabulary.token_types.push_back(3);
  }
  vocabulary.tokens.emplace_back("<think>");
  vocabulary.token_types.push_back(4);
  vocabulary.merges = {"l l", "h e", "he ll", "hell o", "\u0120 hello", "l o"};
  vocabulary.bos = 262;
  vocabulary.eos = 263;
  return vocabulary;
}

}  // namespace assay
