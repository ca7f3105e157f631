// A tokenizer whose tokens are single bytes.
#pragma once

#include <utility>

#include "runner/model/tokenizer/tokenizer.h"
#include "tests/support/byte_vocabulary.h"
#include "tests/support/catch.h"

namespace assay {

inline Tokenizer ByteTokenizer(GgufVocabulary vocabulary = ByteVocabulary()) {
  auto tokenizer = Tokenizer::FromGguf(std::move(vocabulary), "test");
  if (!tokenizer) FAIL(tokenizer.error().message);
  return *tokenizer;
}

}  // namespace assay
