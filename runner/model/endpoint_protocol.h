// runner/model/endpoint_protocol.h -- The OpenAI-compatible wire format, without any network.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "runner/model/model.h"

namespace assay {

// "http://host:port/v1#name" apart. kUsage when the name or the host is missing.
struct EndpointAddress {
  std::string base;   // "http://host:port/v1", no slash at the end
  std::string model;  // what the server calls the model
};
Result<EndpointAddress> ParseEndpointAddress(const std::string& text);

// Where a prompt is sent: "/chat/completions" for messages, "/completions" for text and token ids.
std::string PathOf(const Request& request);
// The body for one prompt and `n` samples. The seed comes from the request's key. With `stream` the
// reply is asked for piece by piece, its usage included. `extra` is put over all of it; a null
// there takes a field away.
Json BodyOf(const Request& request, const std::string& model, int n, const Json& extra,
            bool stream = false);

// What a reply of the server means for its request.
struct Reply {
  enum class Kind {
    kAnswered,
    kRefused,    // asking again cannot help (4xx, content filter)
    kSlowDown,   // 429, or 503 with Retry-After: ask again later, all of us slower
    kTransient,  // 5xx, malformed body, broken connection: ask again
  };
  Kind kind = Kind::kTransient;
  // One per choice, in the order of their index; an Error for a choice that holds no answer.
  std::vector<Result<Response>> choices;
  std::string message;                                   // for people, unless kAnswered
  std::optional<std::chrono::milliseconds> retry_after;  // as the server asked
};
// `body` is a document or a stream of events. `retry_after` is the header's value, "" if there was
// none: seconds, or an HTTP date.
Reply ParseReply(long status, std::string_view body, const std::string& retry_after);

}  // namespace assay
