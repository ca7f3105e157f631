#include "runner/open_model.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/files.h"
#include "runner/model/endpoint_model.h"
#include "runner/model/local_model.h"
#include "runner/model/replay_model.h"

namespace assay {
namespace {

constexpr std::string_view kReplay = "replay:";

bool StartsWith(const std::string& text, std::string_view head) { return text.rfind(head, 0) == 0; }

bool IsEndpoint(const std::string& name) {
  return StartsWith(name, "http://") || StartsWith(name, "https://");
}

Result<std::string> ReadApiKey(const ModelOptions& options) {
  if (!options.api_key_file.empty()) {
    auto text = ReadFile(options.api_key_file, 1 << 16);
    if (!text) return Pass(text.error());
    text->resize(std::min(text->find_first_of("\r\n"), text->size()));
    if (text->empty()) {
      return Fail(ErrorCode::kInput, "{}: its first line is empty, expected an API key",
                  options.api_key_file);
    }
    return text;
  }
  const bool named = !options.api_key_env.empty();
  const char* value = std::getenv(named ? options.api_key_env.c_str() : "ASSAY_API_KEY");
  if (value == nullptr && named) {
    return Fail(ErrorCode::kUsage, "--api-key-env {}: this variable is not set",
                options.api_key_env);
  }
  return std::string(value == nullptr ? "" : value);
}

Result<std::unique_ptr<Model>> OpenEndpoint(const std::string& name, const ModelOptions& options) {
  auto key = ReadApiKey(options);
  if (!key) return Pass(key.error());
  EndpointOptions endpoint;
  endpoint.api_key = std::move(*key);
  if (options.concurrency > 0) endpoint.most_in_flight = options.concurrency;
  endpoint.time_out =
      std::chrono::milliseconds(static_cast<std::int64_t>(1000 * options.time_out_seconds));
  endpoint.attempts = options.attempts;
  endpoint.samples_per_request = options.samples_per_request;
  endpoint.stream = options.stream;
  if (!options.extra.empty()) {
    auto extra = ParseJson(options.extra);
    if (!extra) return Within("--extra", extra.error());
    endpoint.extra = std::move(*extra);
  }
  return MakeEndpointModel(name, std::move(endpoint));
}

}  // namespace

Result<std::unique_ptr<Model>> OpenModel(const std::string& name, const ModelOptions& options) {
  const bool recorded = StartsWith(name, kReplay);
  if (recorded || IsEndpoint(name)) {
    if (const char* flag = FlagForLocalModels(options.local)) {
      return Fail(ErrorCode::kUsage, "{}: only local models take it", flag);
    }
    return recorded ? OpenReplayModel(name.substr(kReplay.size())) : OpenEndpoint(name, options);
  }
  auto local = ReadLocalFlags(options.local);
  if (!local) return Pass(local.error());
  if (options.concurrency > 0) {  // of all replicas together
    const std::size_t replicas = std::max<std::size_t>(1, local->gpus.size() / local->gpu_shares);
    local->batch = static_cast<std::int64_t>((options.concurrency + replicas - 1) / replicas);
  }
  return MakeLocalModel(name, *local);
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
