// runner/model/checkpoint/safetensors.h -- Weights of a Hugging Face folder: model.safetensors, or
// the shards that model.safetensors.index.json names. Files are mapped, not read; headers may be
// hostile.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "runner/model/checkpoint/tensor.h"

namespace assay {

class Safetensors : public TensorSource {
 public:
  // kNotFound when the folder has no weights; kInput naming the file and the tensor for anything
  // malformed: bad header, offsets outside the file, sizes that do not fit the shape.
  static Result<std::unique_ptr<Safetensors>> Open(const std::filesystem::path& folder);

  const StoredTensor* Find(std::string_view name) const override;
  std::string Place() const override { return folder_.string(); }
  std::string ContentHash() const override;

 private:
  Result<void> AddFile(const std::filesystem::path& path);

  std::filesystem::path folder_;
  std::vector<MappedFile> files_;
  std::map<std::string, StoredTensor, std::less<>> tensors_;
};

}  // namespace assay
