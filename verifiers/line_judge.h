// verifiers/line_judge.h -- One item of the stream format, from its text to its verdict.
//
// The one place that does so: `assay verify` calls it for each line, `assay serve` for each item of
// a request.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "verifiers/stream.h"
#include "verifiers/verdict.h"

namespace assay {

struct JudgedLine {
  std::string text;  // what is written for the item, without a line end
  Outcome outcome = Outcome::kError;
};

class LineJudge {
 public:
  // `options` is copied; `threads` has no meaning here.
  explicit LineJudge(StreamOptions options);
  ~LineJudge();
  LineJudge(const LineJudge&) = delete;
  LineJudge& operator=(const LineJudge&) = delete;

  // Judges `line`: untrusted bytes of any length and encoding. What cannot be judged has the
  // outcome kError and a reason that starts with "line <number>: ". Verifiers of recent references
  // are kept (a bounded number of bounded bytes) and made once, so that a group costs one.
  // Thread-safe.
  JudgedLine Judge(std::size_t number, std::string_view line);

 private:
  class Recent;
  struct Item;
  Result<Item> Read(std::string_view line, Json& id);
  Result<std::shared_ptr<const Verifier>> OfProblem(const std::string& name, bool has_more);
  Result<std::shared_ptr<const Verifier>> OfSpec(const Json& given, const std::string& reference);

  const StreamOptions options_;
  const std::unique_ptr<Recent> recent_;
};

}  // namespace assay
