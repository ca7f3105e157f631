// runner/model/model.h -- What the runner and the trainer ask of a model, whatever it is made of: a
// local checkpoint, an endpoint, recorded responses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "runner/model/token_id.h"
#include "tasks/problem.h"

namespace assay {

struct Sampling {
  int max_tokens = 512;           // new tokens; at least 1
  double temperature = 1.0;       // 0: greedy
  int top_k = 0;                  // 0: off
  double top_p = 1.0;             // 1: off
  double min_p = 0.0;             // 0: off
  std::vector<std::string> stop;  // the text is cut before the first of these to appear
  bool logprobs = false;          // whether Response::logprobs is wanted
};

// One response to draw. Equal requests give equal responses on a deterministic model, whatever else
// is drawn.
struct Request {
  // Messages go through the chat template; a string is completed as it stands (with BOS where the
  // model wants one); ids are taken literally.
  std::variant<std::vector<Message>, std::string, std::vector<TokenId>> prompt;
  Sampling sampling;
  Key key;  // position p of the response draws from key.Uniform(p)
  // Requests with an equal non-negative group share one prompt: a hint that lets its prefill be
  // shared.
  std::int64_t group = -1;
  // For `replay:` and for logs: which problem and sample this is. No influence on local sampling.
  std::string problem_id;
  std::int64_t sample = 0;
};

enum class Finish {
  kStop,       // the model ended its turn, or a stop string appeared
  kLength,     // max_tokens, or the context was full: the text is truncated
  kCancelled,  // the caller asked to stop: not an answer
};
std::string_view ToString(Finish finish);  // "stop", "length", "cancelled"

struct Response {
  std::string text;  // without stop string and end-of-turn token
  std::vector<TokenId>
      ids;  // as drawn, end-of-turn token included; empty if the model does not tell
  std::vector<float> logprobs;  // of the raw distribution at the request's temperature, one per id
  Finish finish = Finish::kStop;
  std::string stopped_by;  // the stop string or end token that fired, "" otherwise
  std::int64_t prompt_tokens = 0;
  std::int64_t response_tokens = 0;
  double wall_ms = 0;  // from admission to the last token
};

// What a request becomes before anything is drawn, as far as the model can tell.
struct PreparedPrompt {
  std::vector<TokenId> ids;             // exactly what the model will read
  std::string text;                     // as rendered by the chat template, or as given
  std::optional<TokenId> bos;           // the token that begins a text, where there is one
  std::string template_sha256;          // of the chat template that was used; "" where none was
  std::vector<TokenId> end_ids;         // ids that end a response
  std::optional<std::int64_t> context;  // tokens that prompt and response may have together
};

class Model {
 public:
  virtual ~Model() = default;

  // The exact prompt of a request, nothing where only the server knows it; an error where the
  // request cannot be asked (no chat template, …). Thread-safe.
  virtual Result<std::optional<PreparedPrompt>> Prepare(const Request& request) const {
    (void)request;
    return std::nullopt;
  }

  // Draws every request and hands each response over as soon as it is finished, in any order, from
  // any thread, one call at a time. A request that fails gives an Error and does not stop the
  // others. Returns when all are handed over. When `stop` is requested the rest come back soon as
  // kCancelled. One Sample call at a time.
  using OnFinished = std::function<void(std::size_t request, Result<Response> response)>;
  virtual void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
                      const std::stop_token& stop) = 0;

  // What makes this model's text what it is (weights, tokenizer, template, dtype), as a content
  // hash or, for endpoints, the name and the settings that matter. Part of a run's identity.
  virtual std::string Identity() const = 0;
  // For people: "smollm2-135m (135M, bf16, cpu)".
  virtual std::string Description() const = 0;
  // For people, before a run: what it takes of this machine's memory; "" where it takes none.
  virtual std::string MemoryUse() const { return ""; }
  // How many requests in flight keep it busy: the runner hands over at least this many at once.
  virtual std::size_t PreferredConcurrency() const = 0;
};

}  // namespace assay
