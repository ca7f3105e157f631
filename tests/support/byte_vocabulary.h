// tests/support/byte_vocabulary.h -- A vocabulary whose tokens are single bytes.
#pragma once

#include <string>

#include "base/utf8.h"
#include "runner/model/tokenizer/gguf_vocabulary.h"

namespace assay {

// Id b is byte b; then four special tokens: 256 <pad>, 257 <bos>, 258 <eos>, 259 <end>.
inline GgufVocabulary ByteVocabulary() {
  GgufVocabulary vocabulary;
  vocabulary.model = "gpt2";
  vocabulary.pre = "gpt-2";
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool itself = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    std::string text;
    AppendUtf8(itself ? byte : next++, text);
    vocabulary.tokens.push_back(text);
    vocabulary.token_types.push_back(1);
  }
  for (const char* special : {"<pad>", "<bos>", "<eos>", "<end>"}) {
    vocabulary.tokens.emplace_back(special);
    vocabulary.token_types.push_back(3);
  }
  return vocabulary;
}

}  // namespace assay
