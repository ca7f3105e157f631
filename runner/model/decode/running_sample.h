// runner/model/decode/running_sample.h -- One sample while it is being drawn.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "runner/model/decode/backend.h"
#include "runner/model/decode/text_stop.h"
#include "runner/model/decode/waiting_groups.h"
#include "runner/model/model.h"

namespace assay {

struct RunningSample {
  using Clock = std::chrono::steady_clock;
  explicit RunningSample(const DecodeJob& its_job) : job(its_job), text(its_job.sampling->stop) {}

  // What has been drawn, which is moved out.
  Response ToResponse(Finish finish, std::string stopped_by);

  DecodeJob job;
  std::int64_t prompt_tokens = 0;
  std::int64_t most_tokens = 0;  // draws until max_tokens or the end of the context
  std::vector<PageId> pages;
  std::vector<TokenId> ids;
  std::vector<float> logprobs;
  TextStop text;
  Clock::time_point admitted_at;
  bool started = false;    // draws from the kept logits of its prompt no more
  DrawFrom from;           // the logits to draw from next
  std::int64_t draw = -1;  // its place among the draws that are not known yet
  bool done = false;
};

}  // namespace assay
