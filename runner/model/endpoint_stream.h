// runner/model/endpoint_stream.h -- A streamed reply (server-sent events) as the reply it stands
// for.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// Whether `body` is a stream of events rather than one document.
bool IsEventStream(std::string_view body);

// The document that the server would have sent without streaming: choices with the pieces of text,
// thoughts and logprobs put together by index, and the usage where the stream has it. kUnavailable
// when an event is no JSON or reports an error, or when the stream ends before every choice has.
Result<Json> FoldEventStream(std::string_view body);

}  // namespace assay
