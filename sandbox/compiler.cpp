#include "sandbox/compiler.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/hash.h"
#include "sandbox/payload.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRecentBytes = std::int64_t{256} << 20;
constexpr std::size_t kRefused = 256;

bool CopyAll(int from, int to) {
  struct stat about {};
  if (fstat(from, &about) != 0) return false;
  off_t offset = 0;
  while (offset < about.st_size) {
    const ssize_t sent =
        sendfile(to, from, &offset, static_cast<std::size_t>(about.st_size - offset));
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
  }
  return true;
}

// A read-only descriptor of a sealed copy in memory: a writable one anywhere would forbid executing
// it.
std::shared_ptr<const CompiledProgram> Seal(int from) {
  const UniqueFd memory(memfd_create("assay-program", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.valid() || !CopyAll(from, memory.get()) || fchmod(memory.get(), 0555) != 0 ||
      fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) != 0) {
    return nullptr;
  }
  auto program = std::make_shared<CompiledProgram>();
  const std::string path = "/proc/self/fd/" + std::to_string(memory.get());
  program->fd.Reset(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  program->bytes = lseek(memory.get(), 0, SEEK_END);
  return program->fd.valid() ? program : nullptr;
}

bool SaveFile(int from, const fs::path& place) {
  std::string temporary = place.string() + ".XXXXXX";
  const UniqueFd file(mkostemp(temporary.data(), O_CLOEXEC));
  lseek(from, 0, SEEK_SET);
  const bool saved = file.valid() && CopyAll(from, file.get()) && fchmod(file.get(), 0444) == 0 &&
                     rename(temporary.c_str(), place.c_str()) == 0;
  if (file.valid() && !saved) unlink(temporary.c_str());
  return saved;
}

// What tells one compiler from the next: its file and when it changed.
std::string Fingerprint(const std::string& tool) {
  struct stat about {};
  if (stat(tool.c_str(), &about) != 0) return tool;
  return tool + " " + std::to_string(about.st_size) + " " + std::to_string(about.st_mtim.tv_sec);
}

void Replace(std::vector<std::string>& command, const std::string& mark, const std::string& by) {
  for (std::string& word : command) {
    if (const auto at = word.find(mark); at != std::string::npos) word.replace(at, mark.size(), by);
  }
}

}  // namespace

Limits Compiler::CompileLimits() {
  Limits limits;
  limits.cpu_ms = 30'000;
  limits.wall_ms = 120'000;
  limits.memory_mb = 2048;
  limits.output_kb = 256;
  limits.file_kb = 64 * 1024;
  limits.scratch_kb = 128 * 1024;
  limits.threads = 32;
  return limits;
}

Result<std::unique_ptr<Compiler>> Compiler::Open(Pool& pool, const fs::path& cache_dir) {
  fs::path folder = cache_dir;
  std::error_code error;
  if (cache_dir.empty()) {
    std::string name = (fs::temp_directory_path(error) / "assay-compiled-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      return Fail(ErrorCode::kUnavailable, "{}: {}", name, std::strerror(errno));
    }
    folder = name;
    fs::permissions(folder, fs::perms(0755), error);
  }
  fs::create_directories(folder / "headers" / "bits", error);
  if (error) return Fail(ErrorCode::kUnavailable, "{}: {}", folder.string(), error.message());
  pool.ShowToCompilers(folder / "headers");
  return std::unique_ptr<Compiler>(new Compiler(pool, folder, cache_dir.empty()));
}

Compiler::~Compiler() {
  std::error_code ignored;
  if (owned_) fs::remove_all(cache_dir_, ignored);
}

std::shared_ptr<const CompiledProgram> Compiler::Recall(const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(recent_.begin(), recent_.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (found != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, found);
      return found->second;
    }
  }
  const UniqueFd file(open((cache_dir_ / key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return nullptr;
  auto program = Seal(file.get());
  if (program) Remember(key, program);
  return program;
}

void Compiler::Remember(const std::string& key, std::shared_ptr<const CompiledProgram> program) {
  const std::lock_guard lock(mutex_);
  recent_bytes_ += program->bytes;
  recent_.emplace_front(key, std::move(program));
  while (recent_bytes_ > kRecentBytes && recent_.size() > 1) {
    recent_bytes_ -= recent_.back().second->bytes;
    recent_.pop_back();
  }
}

bool Compiler::RecallRefusal(const std::string& key, RunResult& failed) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(refused_.begin(), refused_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (found == refused_.end()) return false;
  failed = found->second;
  return true;
}

void Compiler::RememberRefusal(const std::string& key, const RunResult& failed) {
  const std::lock_guard lock(mutex_);
  refused_.emplace_front(key, failed);
  if (refused_.size() > kRefused) refused_.pop_back();
}

RunResult Compiler::RunTool(const std::vector<std::string>& command, const InputFile& source,
                            const Limits& limits, UniqueFd& output) {
  RunOrder order;
  order.request.limits = limits;
  order.request.policy = Policy::kTools;
  order.request.wants_output = 1;
  order.payload = PackProgram(command, {source});
  return pool_.RunToEnd({Role::kExec, Purpose::kCompile, 0}, order, &output);
}

// Best effort: without the header programs compile as well, only slower.
void Compiler::Precompile(const Language& language) {
  const std::lock_guard lock(precompile_mutex_);
  if (language.precompile.empty() || precompiled_[language.name]) return;
  precompiled_[language.name] = true;
  const fs::path place = cache_dir_ / "headers" / language.precompiled_name;
  const fs::path stamp = place.string() + ".of";
  std::error_code error;
  if (fs::exists(place, error)) return;
  Limits limits = CompileLimits();
  limits.file_kb = limits.scratch_kb = 512 * 1024;
  UniqueFd output;
  const InputFile source{language.source_file, language.precompiled_source};
  const RunResult made = RunTool(language.precompile, source, limits, output);
  if (made.report.Succeeded() && output.valid()) SaveFile(output.get(), place);
}

std::shared_ptr<const CompiledProgram> Compiler::Compile(const Language& language,
                                                         const std::string& source,
                                                         RunResult& failed) {
  std::string identity = Fingerprint(language.compile.front());
  for (const std::string& word : language.compile) identity += '\0' + word;
  const std::string key = Sha256Hex(identity + std::string(2, '\0') + source);
  if (auto known = Recall(key)) return known;
  if (RecallRefusal(key, failed)) return nullptr;
  Precompile(language);
  std::vector<std::string> command = language.compile;
  Replace(command, "/precompiled", (cache_dir_ / "headers").string());
  UniqueFd output;
  failed = RunTool(command, {language.source_file, source}, CompileLimits(), output);
  failed.compile_failed = failed.report.ending != Ending::kSandboxFailed;
  if (!failed.report.Succeeded()) {
    // A limit may be met only now; an error in the source stays.
    if (failed.report.ending == Ending::kExited) RememberRefusal(key, failed);
    return nullptr;
  }
  auto program = output.valid() ? Seal(output.get()) : nullptr;
  if (!program) {
    failed.compile_failed = false;
    failed.report.ending = Ending::kSandboxFailed;
    failed.report.message = "the compiled program could not be taken out of its box";
    return nullptr;
  }
  SaveFile(output.get(), cache_dir_ / key);
  Remember(key, program);
  return program;
}

}  // namespace assay::sandbox
