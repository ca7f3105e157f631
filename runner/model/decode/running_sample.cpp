#include "runner/model/decode/running_sample.h"

#include <utility>

#include "base/utf8.h"

namespace assay {

Response RunningSample::ToResponse(Finish finish, std::string stopped_by) {
  Response response;
  std::string_view drawn = text.text();
  // A character that was cut in the middle is left out; other bytes that are no UTF-8 are replaced.
  if (finish != Finish::kStop) drawn = drawn.substr(0, CompleteUtf8Prefix(drawn));
  response.text = SanitizeUtf8(drawn);
  response.finish = finish;
  response.stopped_by = std::move(stopped_by);
  response.prompt_tokens = prompt_tokens;
  response.response_tokens = static_cast<std::int64_t>(ids.size());
  response.ids = std::move(ids);
  if (job.sampling->logprobs) response.logprobs = std::move(logprobs);
  response.wall_ms = std::chrono::duration<double, std::milli>(Clock::now() - admitted_at).count();
  return response;
}

}  // namespace assay
