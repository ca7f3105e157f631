// runner/model/endpoint_model.h -- A model behind an OpenAI-compatible server: vLLM, SGLang,
// llama.cpp's server, TGI, hosted services.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/json.h"
#include "runner/model/model.h"

namespace assay {

struct EndpointOptions {
  std::string api_key;              // "": none; never stored, shown or logged
  std::size_t most_in_flight = 64;  // the window grows up to this
  std::size_t start_in_flight = 8;
  // For one exchange; where replies are streamed, the longest silence within one.
  std::chrono::milliseconds time_out{600'000};
  bool stream = false;  // replies piece by piece: long ones then outlive proxies' time-outs
  int attempts = 5;     // before a sample counts as failed; "slow down" is none of them
  int time_out_attempts = 2;
  std::chrono::minutes patience{60};  // a sample that was only told to slow down fails after this
  int samples_per_request = 1;  // above 1: asks for several samples of a problem at once ("n")
  Json extra = Json::object();  // over every request's body; null takes a field away
};

// `text` is "http://host:port/v1#name". Nothing is sent before Sample. A request that fails for
// good gives kUnavailable with the server's words, without the key.
Result<std::unique_ptr<Model>> MakeEndpointModel(const std::string& text, EndpointOptions options);

}  // namespace assay
