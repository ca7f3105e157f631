// runner/verifier_files.h -- The files that a pack's verifiers name (verify.py): part of what a run
// is known by, and kept in its store, so that it can be judged again without the pack.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "runner/store/run_reader.h"
#include "runner/store/run_writer.h"
#include "tasks/problem.h"

namespace assay {

// The name of the file that judges `problem`; "" where its verifier needs none. The spec must be
// whole (VerifierSpecOf).
std::string VerifierFileOf(const Problem& problem);

Result<void> StoreVerifierFiles(const std::string& suite,
                                const std::map<std::string, std::string>& files, RunWriter& writer);

// The files of a stored run in a folder of their own, which lives as long as this. Movable.
class RestoredFiles {
 public:
  RestoredFiles() = default;
  RestoredFiles(RestoredFiles&& other) noexcept : folder_(std::move(other.folder_)) {
    other.folder_.clear();
  }
  RestoredFiles& operator=(RestoredFiles&&) = delete;
  ~RestoredFiles();

  // The pack_root for a problem of the suite. kNotFound, saying what to do, when the store lacks
  // its file (it was written by an earlier version).
  Result<std::filesystem::path> RootFor(RunReader& run, const std::string& suite,
                                        const Problem& problem);

 private:
  std::filesystem::path folder_;
};

}  // namespace assay
