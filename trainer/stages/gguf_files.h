// trainer/stages/gguf_files.h -- A GGUF file's model as the files of a Hugging Face folder: what a
// checkpoint trained from it is saved with.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"
#include "runner/model/checkpoint/gguf.h"

namespace assay {

// config.json for this model.
OrderedJson HuggingFaceConfig(const ModelConfig& config, const GgufVocabulary& vocabulary);
// Writes tokenizer.json and tokenizer_config.json, which give the same ids as the GGUF file's
// vocabulary. kInput where that kind of vocabulary cannot be written (SentencePiece).
Result<void> WriteTokenizerFiles(const GgufVocabulary& vocabulary,
                                 const std::filesystem::path& folder);

}  // namespace assay
