// verifiers/verifier.h -- Decides whether a response answers one problem.
// Add one: verifiers/<name>/, one line in registry.cpp, cases in tests/cases/<name>/.
#pragma once

#include <chrono>
#include <string_view>

#include "verifiers/verdict.h"

namespace assay {

class Verifier {
 public:
  virtual ~Verifier() = default;
  // Judges `response`: untrusted bytes of any length and encoding. Never throws and never runs any
  // part of it in this process. Deterministic. Returns within about `budget` of wall time, with
  // kLimit where that was not enough. Thread-safe: all scoring threads share one instance.
  virtual Verdict Check(std::string_view response, std::chrono::milliseconds budget) const = 0;
};

}  // namespace assay
