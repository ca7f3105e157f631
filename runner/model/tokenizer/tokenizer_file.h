// runner/model/tokenizer/tokenizer_file.h -- tokenizer.json as it stands: the long lists
// (vocabulary, merges) as flat vectors, the rest as JSON.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "runner/model/token_id.h"

namespace assay {

struct TokenizerFile {
  Json rest;  // all but model.vocab and model.merges, which are null in it
  std::vector<std::pair<std::string, TokenId>> vocabulary;
  std::vector<std::pair<std::string, std::string>> merges;  // "a b" and ["a", "b"] alike
};

// kNotFound or kInput; messages start with the path.
Result<TokenizerFile> ReadTokenizerFile(const std::filesystem::path& path);

}  // namespace assay
