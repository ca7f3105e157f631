// runner/store/run_lock.h -- One writer a run folder.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

// Held by the process that writes into a run folder; the kernel lets go of it when the process
// ends, however it ends. Movable.
class RunLock {
 public:
  // kUnavailable, naming the folder and the other process, when another holds it or the folder
  // cannot be written.
  static Result<RunLock> Take(const std::filesystem::path& folder);

 private:
  UniqueFd fd_;
};

}  // namespace assay
