#include "runner/model/resolve.h"

#include <cstdlib>

#include "base/suggest.h"

namespace assay {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path CacheFolder() {
  if (const auto own = Environment("ASSAY_CACHE"); !own.empty()) return own;
  if (const auto xdg = Environment("XDG_CACHE_HOME"); !xdg.empty()) {
    return std::filesystem::path(xdg) / "assay";
  }
  return std::filesystem::path(Environment("HOME")) / ".cache" / "assay";
}

Result<ModelFiles> ResolveModel(const std::string& name) {
  const std::filesystem::path path(name);
  std::error_code ignored;
  if (name == kDefaultModelName && !std::filesystem::exists(path, ignored)) {
    const auto file = CacheFolder() / "models" / kDefaultModelFile;
    if (!std::filesystem::exists(file, ignored)) {
      return Fail(ErrorCode::kNotFound,
                  "the default model is not at {}: run scripts/setup to fetch it", file.string());
    }
    return ModelFiles{ModelFiles::Layout::kGguf, file, name};
  }
  if (std::filesystem::is_directory(path, ignored)) {
    if (!std::filesystem::exists(path / "config.json", ignored)) {
      return Fail(ErrorCode::kNotFound,
                  "{}: this folder has no config.json, so it is no checkpoint", name);
    }
    const auto absolute = std::filesystem::weakly_canonical(path, ignored);
    return ModelFiles{ModelFiles::Layout::kFolder, path, absolute.filename().string()};
  }
  if (std::filesystem::exists(path, ignored)) {
    if (path.extension() == ".gguf") {
      return ModelFiles{ModelFiles::Layout::kGguf, path, path.stem().string()};
    }
    return Fail(ErrorCode::kInput, "{}: neither a checkpoint folder nor a .gguf file", name);
  }
  return Fail(ErrorCode::kNotFound,
              "model \"{}\" is neither a folder, nor a .gguf file, nor the default model {}{}",
              name, kDefaultModelName, DidYouMean(name, {std::string(kDefaultModelName)}));
}

}  // namespace assay
