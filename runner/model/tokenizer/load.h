// runner/model/tokenizer/load.h -- The tokenizer of a MODEL, whatever kind of file it comes in.
#pragma once

#include <string>

#include "base/result.h"
#include "runner/model/tokenizer/tokenizer.h"

namespace assay {

// `model` as ResolveModel understands it; a folder that holds nothing but tokenizer files will do
// too. kNotFound or kInput, naming the file and the key.
Result<Tokenizer> LoadTokenizer(const std::string& model);

}  // namespace assay
