#include "runner/model/tokenizer/load.h"

#include "runner/model/checkpoint/gguf.h"
#include "runner/model/resolve.h"

namespace assay {

Result<Tokenizer> LoadTokenizer(const std::string& model) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::path(model) / "tokenizer.json", ignored))
    return Tokenizer::FromFolder(model);
  const auto files = ResolveModel(model);
  if (!files) return Pass(files.error());
  if (files->layout == ModelFiles::Layout::kFolder) return Tokenizer::FromFolder(files->path);
  const auto file = GgufFile::Open(files->path);
  if (!file) return Pass(file.error());
  auto vocabulary = (*file)->Vocabulary();
  if (!vocabulary) return Pass(vocabulary.error());
  return Tokenizer::FromGguf(std::move(*vocabulary), files->path.string());
}

}  // namespace assay
