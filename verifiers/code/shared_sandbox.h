// verifiers/code/shared_sandbox.h -- The sandbox that all verifiers of this process share.
#pragma once

#include <memory>

#include "base/result.h"
#include "sandbox/pair.h"
#include "sandbox/sandbox.h"

namespace assay {

// Mode, workers, cache folder and room program of the shared sandbox; what Python workers preload
// is set here. Returns false, and changes nothing, once the sandbox has been opened.
bool ConfigureSharedSandbox(const sandbox::SandboxOptions& options);

// Opened on first use; lives until the process ends. kUnavailable when no mode works here (tried
// once). Thread-safe.
Result<sandbox::Sandbox*> SharedSandbox();

// Judges that wait for the next candidate of their problem: starting one costs as much as a run. At
// most a handful wait; the one unused for longest goes first. Thread-safe.
class JudgeShelf {
 public:
  static JudgeShelf& Shared();
  // A waiting judge of the verifier `owner`, or null.
  std::unique_ptr<sandbox::Judge> Take(std::uint64_t owner);
  void Put(std::uint64_t owner, std::unique_ptr<sandbox::Judge> judge);
  void Clear(std::uint64_t owner);

 private:
  friend struct SharedState;
  JudgeShelf();
  ~JudgeShelf();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
