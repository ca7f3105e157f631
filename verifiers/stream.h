// verifiers/stream.h -- Judges a stream of responses, JSON lines in and out, order kept.
//
//   in:  {"id": any, "problem": "suite/id", "response": "…"}
//        {"id": any, "reference": "…", "response": "…", "verifier": {"kind": "math"}}
//   out: {"id": same, "outcome": "correct", "reward": 1.0, "answer": "1/2", "reason": "…"}
//
// A line that cannot be judged gives {"id": …, "outcome": "error", "reward": null, "reason":
// "line 7: …"}, and the rest is still judged. Blank lines are passed over.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/verifier.h"

namespace assay {

struct StreamOptions {
  Json spec;                 // for lines without "verifier"; null: such lines are errors
  std::string profile = {};  // put into each line's spec as its "profile"; "": none
  std::size_t threads = 1;
  std::chrono::milliseconds budget{10'000};  // of one response; verifiers may have their own
  std::size_t max_line_bytes = std::size_t{64} << 20;
  // The verifier of a problem by its name, "suite/id"; null: such lines are errors. Called by one
  // thread at a time.
  std::function<Result<std::shared_ptr<const Verifier>>(const std::string& name)> find_problem = {};
  // Refuses specs of lines that ask for too much; null: none is refused. Thread-safe.
  std::function<Result<void>(const Json& spec)> check_spec = {};
};

struct StreamSummary {
  std::size_t lines = 0;  // judged or failed
  std::size_t correct = 0;
  std::size_t failed = 0;  // outcome "error"
};

// Judges all of `in`. `write` gets each output line without its line end, in the order of the
// input, from the calling thread; false from it ends the work (a closed pipe). Memory is bounded by
// the longest lines times the threads, whatever the length of the stream. Verifiers of recent
// references are kept, so that a group costs one.
StreamSummary VerifyStream(std::istream& in, const StreamOptions& options,
                           const std::function<bool(std::string_view line)>& write);

// One verdict as the stream writes it; `id` null for none.
std::string VerdictLine(const Json& id, const Verdict& verdict);

}  // namespace assay
