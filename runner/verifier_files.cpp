#include "runner/verifier_files.h"

#include <stdlib.h>

#include "base/files.h"
#include "base/hash.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string NoteName(const std::string& suite, const std::string& file) {
  return "verifier-file:" + suite + "/" + file;
}

}  // namespace

std::string VerifierFileOf(const Problem& problem) {
  if (!problem.verifier.is_object() || problem.verifier.value("kind", "") != "program") return "";
  const auto file = problem.verifier.find("file");
  if (file == problem.verifier.end()) return "verify.py";
  return file->is_string() ? file->get<std::string>() : std::string();
}

Result<void> StoreVerifierFiles(const std::string& suite,
                                const std::map<std::string, std::string>& files,
                                RunWriter& writer) {
  for (const auto& [name, bytes] : files) {
    if (auto put = writer.PutNote(NoteName(suite, name), bytes); !put) return put;
  }
  return {};
}

RestoredFiles::~RestoredFiles() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<fs::path> RestoredFiles::RootFor(RunReader& run, const std::string& suite,
                                        const Problem& problem) {
  const std::string file = VerifierFileOf(problem);
  if (file.empty()) return fs::path();
  if (folder_.empty()) {
    std::string pattern = (fs::temp_directory_path() / "assay-verifier-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return Fail(ErrorCode::kUnavailable, "{}: cannot be made", pattern);
    }
    folder_ = pattern;
  }
  // Names come from packs: no part of one becomes part of a path.
  const fs::path root = folder_ / Sha256Hex(suite);
  const fs::path path = root / fs::path(file).filename();
  if (fs::path(file) != fs::path(file).filename()) {
    return Fail(ErrorCode::kInput, "{}: \"{}\" is not the name of a file", problem.id, file);
  }
  std::error_code ignored;
  if (fs::exists(path, ignored)) return root;
  const auto bytes = run.Note(NoteName(suite, file));
  if (!bytes) return Pass(bytes.error());
  if (!*bytes) {
    return Fail(ErrorCode::kNotFound,
                "{}: {} of {} is not stored with this run; repeat the command that made the run, "
                "which stores it",
                run.path(), file, suite);
  }
  fs::create_directories(root, ignored);
  if (auto written = WriteFileAtomically(path, **bytes); !written) return Pass(written.error());
  return root;
}

}  // namespace assay
