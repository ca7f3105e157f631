// runner/model/resolve.h -- From what the user typed as MODEL to the files of a local checkpoint.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// The model that scripts/setup puts into the cache folder.
inline constexpr std::string_view kDefaultModelName = "smollm2-135m";
inline constexpr std::string_view kDefaultModelFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

struct ModelFiles {
  enum class Layout { kFolder, kGguf };
  Layout layout = Layout::kFolder;
  std::filesystem::path path;  // the folder or the file
  std::string name;            // for people: "smollm2-135m", or the last part of the path
};

// The cache folder: $ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay.
std::filesystem::path CacheFolder();

// A Hugging Face folder (it holds config.json), a `.gguf` file, or the name of the bundled default
// model. kNotFound naming what was looked for, and scripts/setup where that would bring it.
Result<ModelFiles> ResolveModel(const std::string& name);

}  // namespace assay
