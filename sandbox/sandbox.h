// sandbox/sandbox.h -- Runs untrusted programs: a pool of warm workers behind one call.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sandbox/ending.h"
#include "sandbox/limits.h"

namespace assay::sandbox {

struct SandboxOptions {
  // Absent: the strongest of root, user, no-namespaces that works here. A named mode is used or
  // Open fails; seccomp-only has to be named.
  std::optional<Mode> mode;
  // Programs that run at once; 0: one for each thread this process may use.
  int workers = 0;
  // A worker is replaced after this many runs, and at once after any doubt about it.
  int runs_per_worker = 2000;
  // Compiled programs are kept here; empty: a folder that goes with this object.
  std::filesystem::path cache_dir;
  // Python source that every Python worker runs once before it serves (to define modules that runs
  // import at no cost). Trusted; must hold nothing that a candidate may not see.
  std::string python_preload;
  // Python source that a process runs while it waits for its run, so that the pages which most runs
  // write to are its own already. Must leave no trace that a program can see. For judges the
  // second.
  std::string python_rehearsal;
  std::string judge_rehearsal;
  // More languages: *.json as in sandbox/languages/; empty: the built-in ones only.
  std::filesystem::path languages_dir;
  // The `assay-room` program; empty: found beside this library or program.
  std::filesystem::path room_program;
};

// A file that exists in the scratch folder when the program starts.
struct InputFile {
  std::string name;  // a plain file name
  std::string bytes;
};

struct Program {
  std::string language;  // "python", "c", "cpp", "javascript", … (sandbox/languages/*.json)
  std::string source;
  std::string stdin_text;
  Limits limits;
  std::vector<InputFile> files;  // need limits.scratch_kb > 0
  std::vector<std::string> arguments;
  // Python only: seed of str hashes; two seeds tell order-dependent answers apart.
  int hash_seed = 0;
};

struct RunResult {
  EndingReport report;
  std::string stdout_text;  // at most limits.output_kb
  std::string stderr_text;
  // The program did not compile: `report` and texts are the compiler's. Never set with
  // kSandboxFailed.
  bool compile_failed = false;
};

class Pool;

// All methods are thread-safe. Every process of ours ends with this object, or with this process
// however that ends.
class Sandbox {
 public:
  // kUnavailable when the asked-for mode (or every mode) does not work here, with the reasons.
  static Result<std::unique_ptr<Sandbox>> Open(const SandboxOptions& options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Runs one program to its ending; blocks for a free worker. Any bytes are fine as source and
  // stdin. kUsage when the language is unknown or its tools are missing here (checked before
  // anything runs).
  Result<RunResult> Run(const Program& program);

  // The language that a file's extension stands for. kUsage when there is none.
  Result<std::string> LanguageOf(const std::filesystem::path& file) const;

  Mode mode() const;
  std::uint32_t layers() const;
  // For judge and candidate pairs (sandbox/pair.h).
  Pool& pool();

 private:
  struct Parts;
  explicit Sandbox(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace assay::sandbox
