#include "sandbox/sandbox.h"

#include "base/suggest.h"
#include "sandbox/compiler.h"
#include "sandbox/language.h"
#include "sandbox/memory_marker.h"
#include "sandbox/payload.h"
#include "sandbox/pool.h"

namespace assay::sandbox {

struct Sandbox::Parts {
  std::vector<Language> languages;
  std::unique_ptr<Pool> pool;  // outlives the compiler, which uses it
  std::unique_ptr<Compiler> compiler;
};

Sandbox::Sandbox(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::Open(const SandboxOptions& options) {
  auto parts = std::make_unique<Parts>();
  auto languages = LoadLanguages(options.languages_dir);
  if (!languages) return Pass(languages.error());
  parts->languages = std::move(*languages);
  auto pool = Pool::Open(options);
  if (!pool) return Pass(pool.error());
  parts->pool = std::move(*pool);
  auto compiler = Compiler::Open(*parts->pool, options.cache_dir);
  if (!compiler) return Pass(compiler.error());
  parts->compiler = std::move(*compiler);
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(parts)));
}

Pool& Sandbox::pool() { return *parts_->pool; }
Mode Sandbox::mode() const { return parts_->pool->mode(); }
std::uint32_t Sandbox::layers() const { return parts_->pool->layers(); }

Result<std::string> Sandbox::LanguageOf(const std::filesystem::path& file) const {
  const std::string extension = file.extension().string();
  const Language* language =
      extension.empty() ? nullptr : FindLanguage(parts_->languages, extension.substr(1));
  if (language == nullptr) {
    return Fail(ErrorCode::kUsage, "{}: no known language has files of this name", file.string());
  }
  return language->name;
}

namespace {

Result<const Language*> Usable(const std::vector<Language>& languages, const std::string& name) {
  const Language* language = FindLanguage(languages, name);
  if (language == nullptr) {
    std::vector<std::string> names;
    for (const Language& known : languages) names.push_back(known.name);
    return Fail(ErrorCode::kUsage, "unknown language \"{}\"{}", name, DidYouMean(name, names));
  }
  const std::vector<std::string> missing = MissingTools(*language);
  if (!missing.empty()) {
    return Fail(ErrorCode::kUnavailable, "language {} needs {}, which is not installed", name,
                missing.front());
  }
  return language;
}

Result<void> CheckFiles(const Program& program) {
  for (const InputFile& file : program.files) {
    if (!IsPlainName(file.name)) {
      return Fail(ErrorCode::kUsage, "input file \"{}\" must have a plain file name", file.name);
    }
  }
  if (!program.files.empty() && program.limits.scratch_kb <= 0) {
    return Fail(ErrorCode::kUsage, "input files need a scratch folder (limits.scratch_kb)");
  }
  return {};
}

}  // namespace

Result<RunResult> Sandbox::Run(const Program& program) {
  auto found = Usable(parts_->languages, program.language);
  if (!found) return Pass(found.error());
  if (auto checked = CheckFiles(program); !checked) return Pass(checked.error());
  const Language& language = **found;
  RunOrder order;
  order.request.limits = program.limits;
  order.request.policy = language.policy;
  order.request.address_space_limited = language.address_space_limited ? 1 : 0;
  order.stdin_text = program.stdin_text;
  RunResult result;
  std::shared_ptr<const CompiledProgram> compiled;  // lives as long as the run
  WorkerKind kind{Role::kExec, Purpose::kRun, 0};
  if (language.policy == Policy::kPython) {
    kind = {Role::kPython, Purpose::kRun, program.hash_seed};
    order.payload = PackPython(program.source, "", program.arguments, program.files);
  } else if (language.compile.empty()) {
    std::vector<std::string> command = language.run;
    command.insert(command.end(), program.arguments.begin(), program.arguments.end());
    std::vector<InputFile> files = program.files;
    files.push_back({language.source_file, program.source});
    const auto needed_kb = static_cast<std::int64_t>(program.source.size() / 1024 + 64);
    order.request.limits.scratch_kb = std::max(order.request.limits.scratch_kb, needed_kb);
    order.payload = PackProgram(command, files);
  } else {
    compiled = parts_->compiler->Compile(language, program.source, result);
    if (!compiled) return result;
    std::vector<std::string> command = {"main"};
    command.insert(command.end(), program.arguments.begin(), program.arguments.end());
    order.payload = PackProgram(command, program.files);
    order.extra_fds.emplace_back(compiled->fd.get(), kProgramFd);
  }
  result = parts_->pool->RunToEnd(kind, order);
  NoteMemoryError(result, language.memory_marker);
  return result;
}

}  // namespace assay::sandbox
