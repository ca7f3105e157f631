#include "runner/model/endpoint_protocol.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/utf8.h"
#include "runner/model/endpoint_stream.h"

namespace assay {
namespace {

constexpr std::size_t kMostErrorBytes = 300;
constexpr std::chrono::milliseconds kLongestRetryAfter = std::chrono::minutes(10);

Json MessagesJson(const std::vector<Message>& messages) {
  Json array = Json::array();
  for (const Message& message : messages) {
    array.push_back({{"role", message.role}, {"content", message.content}});
  }
  return array;
}

std::optional<std::chrono::milliseconds> ParseRetryAfter(const std::string& text) {
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure != std::errc() || end != text.data() + text.size()) {
    const std::time_t date = ::curl_getdate(text.c_str(), nullptr);
    if (date < 0) return std::nullopt;
    seconds = std::difftime(date, std::time(nullptr));
  }
  if (!(seconds > 0)) return std::chrono::milliseconds(0);
  const double most = std::chrono::duration<double>(kLongestRetryAfter).count();
  return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * std::min(seconds, most)));
}

// {"error": {"message": …}}, {"error": …}, {"message": …}, {"detail": …}, or the body itself.
std::string ErrorText(std::string_view body) {
  const auto value = ParseJson(body);
  if (!value || !value->is_object()) return Abbreviate(SanitizeUtf8(body), kMostErrorBytes);
  for (const char* key : {"error", "message", "detail"}) {
    const auto found = value->find(key);
    if (found == value->end()) continue;
    if (found->is_object() && found->contains("message")) {
      return Abbreviate(DumpJson((*found)["message"]), kMostErrorBytes);
    }
    return Abbreviate(DumpJson(*found), kMostErrorBytes);
  }
  return Abbreviate(SanitizeUtf8(body), kMostErrorBytes);
}

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<float> LogprobsOf(const Json& choice) {
  std::vector<float> values;
  const auto logprobs = choice.find("logprobs");
  if (logprobs == choice.end() || !logprobs->is_object()) return values;
  if (const auto content = logprobs->find("content");
      content != logprobs->end() && content->is_array()) {
    for (const Json& token : *content) {
      if (token.is_object() && token.contains("logprob") && token["logprob"].is_number()) {
        values.push_back(token["logprob"].get<float>());
      }
    }
  } else if (const auto flat = logprobs->find("token_logprobs");
             flat != logprobs->end() && flat->is_array()) {
    for (const Json& value : *flat) {
      if (value.is_number()) values.push_back(value.get<float>());
    }
  }
  return values;
}

// A reasoning parser on the server takes the thoughts out of the text: put back, the response is
// what the model wrote.
std::optional<std::string> ChoiceText(const Json& choice) {
  if (const auto text = choice.find("text"); text != choice.end() && text->is_string()) {
    return text->get<std::string>();
  }
  const auto message = choice.find("message");
  if (message == choice.end() || !message->is_object()) return std::nullopt;
  std::string thoughts = TextAt(*message, "reasoning_content");
  if (thoughts.empty()) thoughts = TextAt(*message, "reasoning");
  const auto content = message->find("content");
  const bool has_content = content != message->end() && content->is_string();
  if (!has_content && thoughts.empty()) return std::nullopt;
  const std::string text = has_content ? content->get<std::string>() : std::string();
  if (thoughts.empty()) return text;
  return "<think>\n" + thoughts + (has_content ? "\n</think>\n" : "") + text;
}

Result<Response> ParseChoice(const Json& choice) {
  if (!choice.is_object()) return Fail(ErrorCode::kUnavailable, "a choice is no object");
  const std::string reason = TextAt(choice, "finish_reason");
  if (reason == "content_filter") {
    return Fail(ErrorCode::kUnavailable, "the server withheld the answer (content_filter)");
  }
  const auto text = ChoiceText(choice);
  if (!text) return Fail(ErrorCode::kUnavailable, "a choice holds no text");
  Response response;
  response.text = *text;
  response.finish = reason == "length" ? Finish::kLength : Finish::kStop;
  response.stopped_by = TextAt(choice, "stop_reason");
  response.logprobs = LogprobsOf(choice);
  if (const auto ids = choice.find("token_ids"); ids != choice.end() && ids->is_array()) {
    for (const Json& id : *ids) {
      if (id.is_number_integer()) response.ids.push_back(id.get<TokenId>());
    }
  }
  if (response.ids.size() != response.logprobs.size()) response.ids.clear();
  return response;
}

std::int64_t CountAt(const Json& usage, const char* key) {
  const auto found = usage.find(key);
  return found != usage.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Reply ParseAnswer(std::string_view body) {
  Reply reply;
  const bool streamed = IsEventStream(body);
  const auto value = streamed ? FoldEventStream(body) : ParseJson(body);
  if (!value && streamed) {
    reply.message = value.error().message;
    return reply;
  }
  if (!value || !value->is_object() || !value->contains("choices") ||
      !(*value)["choices"].is_array() || (*value)["choices"].empty()) {
    reply.message = value ? "the reply has no choices: " + ErrorText(body)
                          : "the reply is no JSON: " + value.error().message;
    return reply;
  }
  reply.kind = Reply::Kind::kAnswered;
  std::vector<Json> choices = (*value)["choices"].get<std::vector<Json>>();
  std::stable_sort(choices.begin(), choices.end(), [](const Json& a, const Json& b) {
    return a.is_object() && b.is_object() && CountAt(a, "index") < CountAt(b, "index");
  });
  const auto usage = value->find("usage");
  for (const Json& choice : choices) {
    reply.choices.push_back(ParseChoice(choice));
    if (!reply.choices.back()) continue;
    Response& response = *reply.choices.back();
    if (usage != value->end() && usage->is_object()) {
      response.prompt_tokens = CountAt(*usage, "prompt_tokens");
      response.response_tokens = CountAt(*usage, "completion_tokens") / std::ssize(choices);
    }
    if (!response.logprobs.empty()) response.response_tokens = std::ssize(response.logprobs);
  }
  return reply;
}

}  // namespace

Result<EndpointAddress> ParseEndpointAddress(const std::string& text) {
  const auto hash = text.find('#');
  if (hash == std::string::npos || hash + 1 == text.size()) {
    return Fail(ErrorCode::kUsage,
                "{}: name the model after a '#', as in http://127.0.0.1:8000/v1#name", text);
  }
  EndpointAddress address{text.substr(0, hash), text.substr(hash + 1)};
  while (!address.base.empty() && address.base.back() == '/') address.base.pop_back();
  const auto scheme = address.base.find("://");
  const std::string_view kind = std::string_view(address.base).substr(0, scheme);
  if ((kind != "http" && kind != "https") || scheme + 3 >= address.base.size()) {
    return Fail(ErrorCode::kUsage, "{}: expected http://host:port/v1#name", text);
  }
  if (address.base.find('@') != std::string::npos) {
    return Fail(ErrorCode::kUsage,
                "the endpoint's address holds a user name or password, which would be stored; use "
                "--api-key-env or --api-key-file");
  }
  return address;
}

std::string PathOf(const Request& request) {
  return std::holds_alternative<std::vector<Message>>(request.prompt) ? "/chat/completions"
                                                                      : "/completions";
}

Json BodyOf(const Request& request, const std::string& model, int n, const Json& extra,
            bool stream) {
  const Sampling& sampling = request.sampling;
  Json body = {{"model", model},
               {"max_tokens", sampling.max_tokens},
               {"temperature", sampling.temperature},
               {"seed", request.key.low() & 0x7fffffffU}};
  if (sampling.top_p != 1) body["top_p"] = sampling.top_p;
  if (sampling.top_k != 0) body["top_k"] = sampling.top_k;
  if (sampling.min_p != 0) body["min_p"] = sampling.min_p;
  if (!sampling.stop.empty()) body["stop"] = sampling.stop;
  if (n > 1) body["n"] = n;
  if (stream) {
    body["stream"] = true;
    body["stream_options"] = {{"include_usage", true}};
  }
  if (const auto* messages = std::get_if<std::vector<Message>>(&request.prompt)) {
    body["messages"] = MessagesJson(*messages);
    if (sampling.logprobs) body["logprobs"] = true;
  } else {
    if (const auto* text = std::get_if<std::string>(&request.prompt)) body["prompt"] = *text;
    if (const auto* ids = std::get_if<std::vector<TokenId>>(&request.prompt)) body["prompt"] = *ids;
    if (sampling.logprobs) body["logprobs"] = 1;
  }
  if (!extra.is_object()) return body;
  for (const auto& [key, value] : extra.items()) {
    if (value.is_null()) {
      body.erase(key);
    } else {
      body[key] = value;
    }
  }
  return body;
}

Reply ParseReply(long status, std::string_view body, const std::string& retry_after) {
  if (status == 200) return ParseAnswer(body);
  Reply reply;
  reply.retry_after = ParseRetryAfter(retry_after);
  reply.message = fmt::format("HTTP {}: {}", status, ErrorText(body));
  const bool busy = status == 429 || (status == 503 && reply.retry_after);
  const bool transient = status >= 500 || status == 408 || status == 425 || status < 200;
  reply.kind = busy        ? Reply::Kind::kSlowDown
               : transient ? Reply::Kind::kTransient
                           : Reply::Kind::kRefused;
  return reply;
}

}  // namespace assay
