#include "runner/open_model.h"

#include <algorithm>
#include <filesystem>

#include "runner/model/replay_model.h"
#include "runner/model/resolve.h"

namespace assay {
namespace {

constexpr std::string_view kReplay = "replay:";

bool StartsWith(const std::string& text, std::string_view head) { return text.rfind(head, 0) == 0; }

bool IsEndpoint(const std::string& name) {
  return StartsWith(name, "http://") || StartsWith(name, "https://");
}

}  // namespace

Result<std::unique_ptr<Model>> OpenModel(const std::string& name, const ModelOptions& options) {
  if (StartsWith(name, kReplay)) {
    if (!options.dtype.empty()) {
      return Fail(ErrorCode::kUsage, "--dtype: recorded responses have none");
    }
    return OpenReplayModel(name.substr(kReplay.size()));
  }
  const auto files = ResolveModel(name);
  if (!files) return Pass(files.error());
  return Fail(ErrorCode::kUnavailable, "{}: this build cannot run local models", name);
}

std::string ShortModelName(const std::string& name) {
  std::string text = name;
  if (StartsWith(text, kReplay)) text.erase(0, kReplay.size());
  if (IsEndpoint(text) && text.find('#') != std::string::npos) text.erase(0, text.find('#') + 1);
  std::filesystem::path path(text);
  if (!path.has_filename()) path = path.parent_path();
  const bool is_file = path.extension() == ".gguf" || path.extension() == ".jsonl";
  text = is_file ? path.stem().string() : path.filename().string();
  for (char& c : text) {
    const bool plain = (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '.' || c == '-';
    if (!plain) c = '_';
  }
  return text.empty() || text[0] == '.' ? "model" : text;
}

}  // namespace assay
