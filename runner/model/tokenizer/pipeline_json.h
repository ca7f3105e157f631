// runner/model/tokenizer/pipeline_json.h -- The parts of tokenizer.json between text and model.
// What is not implemented is refused by name.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "runner/model/tokenizer/pipeline.h"

namespace assay {

// The value of `key`, or null where `object` is no object or lacks it.
const Json& Member(const Json& object, const char* key);

Result<AddedToken> ReadAddedToken(const Json& value, const std::string& place);
Result<void> ReadNormalizer(const Json& value, Tokenizer::Data& data);
// Says whether the vocabulary is spelled in the byte-level alphabet.
Result<bool> ReadPreTokenizer(const Json& value, Tokenizer::Data& data);
Result<void> ReadDecoder(const Json& value, bool byte_level, Tokenizer::Data& data);
Result<void> ReadPostProcessor(const Json& value, Tokenizer::Data& data);

// What a token of a vocabulary that is not byte-level decodes to: "▁the" is " the", "<0x0A>" a
// byte.
std::string DecodedPiece(const std::string& token, const Tokenizer::Data& data);

}  // namespace assay
