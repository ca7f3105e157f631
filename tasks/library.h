// tasks/library.h -- Finds suites by name: shipped packs, manifests over the user's data files,
// generated suites, and folders.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tasks/manifest.h"
#include "tasks/suite.h"

namespace assay {

struct LibraryOptions {
  // Folders with data files (`--data`); ASSAY_DATA and the cache that `assay tasks fetch` fills are
  // looked at after them.
  std::vector<std::filesystem::path> data_dirs;
  // Where packs/ and suites/ lie. Empty: ASSAY_HOME, then share/assay beside the program, then the
  // source folder the program was built from.
  std::filesystem::path home;
  // Whether a name may be a pack's path. False where names come from others than the user.
  bool paths = true;
};

// The folder with packs/ and suites/. kNotFound, naming the places looked at.
Result<std::filesystem::path> TasksHome(const LibraryOptions& options);
// Where `assay tasks fetch` puts files: ASSAY_CACHE, else XDG_CACHE_HOME/assay, else
// ~/.cache/assay.
std::filesystem::path DataCache();

// A suite by name ("starter", "gsm8k", "assay-mini"), or a pack by its path ("./my-pack"). kUsage
// with the nearest known name when there is none; kNotFound when it is known but its data file is
// not here, saying which file and how to get it; kInput when it is malformed. Thread-safe.
Result<Suite> FindSuite(const std::string& name, const LibraryOptions& options = {});

// A problem with the suite it belongs to.
struct SuiteProblem {
  std::shared_ptr<const Suite> suite;
  const Problem* problem = nullptr;  // lives in *suite
};
// "suite/id"; ids may hold slashes. Suites are loaded once and shared. Thread-safe.
Result<SuiteProblem> FindProblem(const std::string& name, const LibraryOptions& options = {});

// What is known about a suite without its data.
struct SuiteInfo {
  std::string name;
  std::string version;
  std::string licence;
  std::string source;
  std::string description;
  std::string canary;
  std::string kind;  // "pack", "manifest", "generated"
  std::string domain;
  std::size_t count = 0;
  bool present = false;      // can be loaded now
  std::uintmax_t bytes = 0;  // of its data file where that is present
  std::filesystem::path path;
};
// Every known suite, sorted by name. Malformed ones are errors.
Result<std::vector<SuiteInfo>> ListSuites(const LibraryOptions& options = {});

}  // namespace assay
