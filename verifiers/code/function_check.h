// verifiers/code/function_check.h -- Tests that call a program's function.
//
// Theory of operation. A judge process holds the tests; a candidate process, forked from a server
// that never held a test, loads the response. A test's call becomes a frame with plain arguments,
// the reply a frame with a plain value (verifiers/code/runtime/codec.py), which the judge decodes
// into exact built-in objects: nothing that the response defines is ever compared, called or
// printed where the verdict is made, and the process that the response controls has nothing to
// forge it with. One judge serves the samples of a problem one after the other.
//
// What it does not do: a test that passes a function or compares objects cannot be run this way. It
// runs in one process with the response, where a response that looks for it can forge the verdict;
// the reason then starts with "lower trust".
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include "sandbox/pair.h"
#include "verifiers/code/code_spec.h"
#include "verifiers/verdict.h"

namespace assay {

// Thread-safe. `spec` must outlive it.
class FunctionCheck {
 public:
  explicit FunctionCheck(const CodeSpec& spec);
  ~FunctionCheck();
  FunctionCheck(const FunctionCheck&) = delete;
  FunctionCheck& operator=(const FunctionCheck&) = delete;

  Verdict Check(const std::string& program, std::chrono::milliseconds budget) const;

 private:
  struct Tried;
  Verdict CheckOnce(sandbox::Sandbox& box, const std::string& program,
                    const sandbox::Limits& limits, int hash_seed) const;
  Tried TryIsolated(sandbox::Sandbox& box, const sandbox::PairScript& candidate,
                    int hash_seed) const;
  Verdict CheckInProcess(sandbox::Sandbox& box, const std::string& program,
                         const sandbox::Limits& limits, int hash_seed) const;

  const CodeSpec& spec_;
  const std::array<std::uint64_t, 2> ids_;  // for the shelf of judges, by hash seed
  mutable std::atomic<int> judges_{0};      // started so far
};

// The limits of one run under `budget` of wall time: never more CPU time than that.
sandbox::Limits Within(sandbox::Limits limits, std::chrono::milliseconds budget);

}  // namespace assay
