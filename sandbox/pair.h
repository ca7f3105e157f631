// sandbox/pair.h -- A trusted judge and untrusted candidates in processes of their own.
//
// The judge (a Python script with the tests) and each candidate (a Python script with one response)
// are forked from different servers, neither of which ever held a test, a reference or a sample.
// They share nothing but one socket per candidate. What crosses it, and what it means, is the
// scripts' business; this file starts them, ends them, and says how each ended.
//
// Descriptors inside the judge:      0  commands from us: for each candidate one line "N\n", N its
// channel
//                                    3  answers to us: frames of u32 little-endian length, then
//                                    bytes kFirstChannel + N   the socket to candidate N (stream,
//                                    both ways)
//                     candidate:     3  the socket to the judge; 0 empty; 1, 2 captured
// The end of a candidate shows on its socket as end of file or, with bytes it never read, as an
// OSError (EPIPE, ECONNRESET). Both see `data` as the bytes object
// __data__ and what SandboxOptions::python_preload defined.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "sandbox/ending.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

inline constexpr int kFirstChannel = 16;
inline constexpr int kMaxChannels = 32;

struct PairScript {
  std::string source;
  std::string data;
  Limits limits;
};

struct PairOptions {
  int channels = 1;  // candidates that one judge process serves, ≤ kMaxChannels
  std::size_t answer_bytes = 1024 * 1024;  // longest frame taken from the judge
  int hash_seed = 0;
};

struct PairResult {
  // What the judge answered about this candidate; absent when the judge ended or a limit came
  // first.
  std::optional<std::string> answer;
  EndingReport judge;      // with `answer`: still running, measured so far (ending kExited, code 0)
  EndingReport candidate;  // killed once the answer is there: then kExited with code 0 also
  bool candidate_ended_first = false;  // it ended by itself or by a limit before the answer came
  std::string candidate_stdout, candidate_stderr;
  std::string judge_stderr;
};

// One judge process, used by one thread at a time. It holds a worker until it is destroyed.
class Judge {
 public:
  // Starts the judge; does not wait for it. kUnavailable when no worker can be started.
  static Result<std::unique_ptr<Judge>> Start(Sandbox& sandbox, const PairScript& script,
                                              const PairOptions& options);
  ~Judge();
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // Starts `candidate` on the next channel, tells the judge, waits for its answer and ends the
  // candidate. The candidate's own limits bound it; the judge's CPU limit counts over its whole
  // life, its wall limit for each answer. After a result without an answer the judge is over:
  // channels_left() is 0.
  PairResult Try(const PairScript& candidate);

  int channels_left() const;

 private:
  struct State;
  explicit Judge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay::sandbox
