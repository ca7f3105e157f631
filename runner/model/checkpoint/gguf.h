// runner/model/checkpoint/gguf.h -- GGUF files (version 2 and 3): metadata, vocabulary and tensors.
// The file is mapped; every length in it is checked against what is left of the file.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/files.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/tokenizer/gguf_vocabulary.h"

namespace assay {

// A metadata value. Integers of every width become int64 (uint64 beyond its range is refused).
using GgufValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>>;

class GgufFile : public TensorSource {
 public:
  // kInput naming the file and what is wrong at which key or tensor.
  static Result<std::unique_ptr<GgufFile>> Open(const std::filesystem::path& path);

  // By Hugging Face name; Q and K of architectures that store them interleaved come with
  // `interleaved_head_dim` set.
  const StoredTensor* Find(std::string_view name) const override;
  std::string Place() const override { return path_.string(); }
  std::string ContentHash() const override;

  // kInput naming the key that is missing, or of the wrong type, or asks for something that is not
  // implemented.
  Result<ModelConfig> Config() const;
  Result<GgufVocabulary> Vocabulary() const;
  // The kind that most weights are stored in, for descriptions: "Q4_1".
  std::string_view MainType() const;

  const std::map<std::string, GgufValue, std::less<>>& metadata() const { return metadata_; }

 private:
  Result<void> Parse();

  std::filesystem::path path_;
  MappedFile file_;
  std::map<std::string, GgufValue, std::less<>> metadata_;
  std::map<std::string, StoredTensor, std::less<>> tensors_;  // by GGUF name
};

}  // namespace assay
