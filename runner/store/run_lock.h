// runner/store/run_lock.h -- One writer a run folder.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

// Held by the process that writes into a run folder; the kernel lets go of it when the process
// ends, however it ends. Its file is gone after an orderly end. Movable.
class RunLock {
 public:
  // kUnavailable, naming the folder and the other process, when another holds it or the folder
  // cannot be written.
  static Result<RunLock> Take(const std::filesystem::path& folder);

  RunLock(RunLock&&) noexcept = default;
  RunLock& operator=(RunLock&&) = delete;
  ~RunLock();

 private:
  RunLock(std::filesystem::path path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  UniqueFd fd_;
};

}  // namespace assay
