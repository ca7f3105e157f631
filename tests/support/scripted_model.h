// tests/support/scripted_model.h -- A model whose responses are a function of the request.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runner/model/model.h"

namespace assay {

class ScriptedModel : public Model {
 public:
  using Script = std::function<Result<Response>(const Request&)>;
  explicit ScriptedModel(Script script, std::string identity = "scripted")
      : script_(std::move(script)), identity_(std::move(identity)) {}

  // Hands responses over in reverse order, to make sure that nobody relies on it.
  void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
              const std::stop_token& stop) override {
    for (std::size_t i = requests.size(); i-- > 0;) {
      if (stop.stop_requested()) {
        Response cancelled;
        cancelled.finish = Finish::kCancelled;
        on_finished(i, std::move(cancelled));
        continue;
      }
      ++asked;
      on_finished(i, script_(requests[i]));
    }
  }
  std::string Identity() const override { return identity_; }
  std::string Description() const override { return "scripted"; }
  std::size_t PreferredConcurrency() const override { return 8; }

  std::size_t asked = 0;

 private:
  Script script_;
  std::string identity_;
};

// A response that draws its text from the request's key, so that equal keys give equal texts.
inline Response KeyedText(const Request& request) {
  Response response;
  response.text = request.key.Uniform(0) < 0.5 ? "yes " : "no ";
  response.text += std::to_string(request.key.Block(1)[0]);
  response.response_tokens = 2;
  return response;
}

}  // namespace assay
