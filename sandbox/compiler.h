// sandbox/compiler.h -- Source text to a program that can be run many times: compiled in a box of
// its own, kept by a hash of source, command and compiler.
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/unique_fd.h"
#include "sandbox/language.h"
#include "sandbox/pool.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

// A compiled program in memory, sealed: it can be executed by any number of runs and written by
// none.
struct CompiledProgram {
  UniqueFd fd;
  std::int64_t bytes = 0;
};

// Thread-safe.
class Compiler {
 public:
  // `cache_dir` empty: a folder that goes with this object.
  static Result<std::unique_ptr<Compiler>> Open(Pool& pool, const std::filesystem::path& cache_dir);
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  // The program, or (null) in `failed` how the compiler ended and what it said; the last sources
  // that the compiler itself refused are remembered too.
  std::shared_ptr<const CompiledProgram> Compile(const Language& language,
                                                 const std::string& source, RunResult& failed);

  static Limits CompileLimits();

 private:
  Compiler(Pool& pool, std::filesystem::path cache_dir, bool owned)
      : pool_(pool), cache_dir_(std::move(cache_dir)), owned_(owned) {}

  RunResult RunTool(const std::vector<std::string>& command, const InputFile& source,
                    const Limits& limits, UniqueFd& output);
  void Precompile(const Language& language);
  std::shared_ptr<const CompiledProgram> Recall(const std::string& key);
  void Remember(const std::string& key, std::shared_ptr<const CompiledProgram> program);
  // Whether this source is known to be refused; then `failed` is how.
  bool RecallRefusal(const std::string& key, RunResult& failed);
  void RememberRefusal(const std::string& key, const RunResult& failed);

  Pool& pool_;
  const std::filesystem::path cache_dir_;
  const bool owned_;
  std::mutex mutex_;
  std::mutex precompile_mutex_;
  std::map<std::string, bool> precompiled_;  // by language
  // Most recently used first; bounded by bytes.
  std::list<std::pair<std::string, std::shared_ptr<const CompiledProgram>>> recent_;
  std::int64_t recent_bytes_ = 0;
  std::list<std::pair<std::string, RunResult>> refused_;  // newest first
};

}  // namespace assay::sandbox
