#include "runner/model/endpoint_stream.h"

#include <map>

#include "base/utf8.h"

namespace assay {
namespace {

constexpr std::string_view kData = "data:";

// Calls `take` with the payload of each event.
template <class Take>
Result<void> ForEachEvent(std::string_view body, Take take) {
  while (!body.empty()) {
    const auto end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(kData)) continue;  // a comment, "event:", a blank line
    line.remove_prefix(kData.size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (auto taken = take(line); !taken) return taken;
  }
  return {};
}

void AppendText(const Json& from, const char* key, Json& into) {
  const auto piece = from.find(key);
  if (piece == from.end() || !piece->is_string()) return;
  const std::string before = into.contains(key) ? into[key].get<std::string>() : std::string();
  into[key] = before + piece->get<std::string>();
}

void AppendLogprobs(const Json& from, Json& into) {
  const auto logprobs = from.find("logprobs");
  if (logprobs == from.end() || !logprobs->is_object()) return;
  for (const char* key : {"content", "token_logprobs", "tokens"}) {
    const auto list = logprobs->find(key);
    if (list == logprobs->end() || !list->is_array()) continue;
    Json& all = into["logprobs"][key];
    if (!all.is_array()) all = Json::array();
    all.insert(all.end(), list->begin(), list->end());
  }
}

void AppendChoice(const Json& piece, Json& choice) {
  AppendText(piece, "text", choice);
  AppendLogprobs(piece, choice);
  if (const auto delta = piece.find("delta"); delta != piece.end() && delta->is_object()) {
    for (const char* key : {"content", "reasoning_content", "reasoning"}) {
      AppendText(*delta, key, choice["message"]);
    }
  }
  for (const char* key : {"finish_reason", "stop_reason"}) {
    const auto reason = piece.find(key);
    if (reason != piece.end() && !reason->is_null()) choice[key] = *reason;
  }
}

}  // namespace

bool IsEventStream(std::string_view body) {
  const auto first = body.find_first_not_of(" \r\n");
  if (first == std::string_view::npos) return false;
  body.remove_prefix(first);
  return body.starts_with(kData) || body.starts_with("event:") || body.starts_with(": ");
}

Result<Json> FoldEventStream(std::string_view body) {
  std::map<std::int64_t, Json> choices;
  Json usage;
  const auto read = ForEachEvent(body, [&](std::string_view payload) -> Result<void> {
    if (payload == "[DONE]") return {};
    const auto event = ParseJson(payload);
    if (!event || !event->is_object()) {
      return Fail(ErrorCode::kUnavailable, "an event of the stream is no JSON object: {}",
                  Abbreviate(SanitizeUtf8(payload), 100));
    }
    if (event->contains("error")) {
      return Fail(ErrorCode::kUnavailable, "the stream reports an error: {}",
                  Abbreviate(DumpJson((*event)["error"]), 200));
    }
    if (event->contains("usage") && (*event)["usage"].is_object()) usage = (*event)["usage"];
    const auto pieces = event->find("choices");
    if (pieces == event->end() || !pieces->is_array()) return {};
    for (const Json& piece : *pieces) {
      if (!piece.is_object()) continue;
      const auto index = piece.find("index");
      const bool numbered = index != piece.end() && index->is_number_integer();
      Json& choice = choices[numbered ? index->get<std::int64_t>() : 0];
      if (choice.is_null()) choice = Json::object();
      AppendChoice(piece, choice);
    }
    return {};
  });
  if (!read) return Pass(read.error());
  Json document = {{"choices", Json::array()}};
  for (auto& [index, choice] : choices) {
    if (!choice.contains("finish_reason")) {
      return Fail(ErrorCode::kUnavailable, "the stream ended before choice {} had", index);
    }
    choice["index"] = index;
    document["choices"].push_back(std::move(choice));
  }
  if (!usage.is_null()) document["usage"] = std::move(usage);
  return document;
}

}  // namespace assay
