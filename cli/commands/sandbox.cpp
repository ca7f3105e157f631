// assay sandbox run|doctor: one program in the sandbox; what containment this machine allows.
#include "sandbox/sandbox.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "base/files.h"
#include "base/json.h"
#include "cli/commands.h"
#include "sandbox/doctor.h"

namespace assay::cli {
namespace {

struct RunFlags {
  std::string file;
  std::string stdin_file;
  std::string language;
  std::string mode;
  sandbox::Limits limits;
  bool json = false;
};

Result<std::optional<sandbox::Mode>> ModeNamed(const std::string& name) {
  if (name.empty()) return std::nullopt;
  for (const auto mode : {sandbox::Mode::kRoot, sandbox::Mode::kUser, sandbox::Mode::kNoNamespaces,
                          sandbox::Mode::kSeccompOnly}) {
    if (sandbox::Name(mode) == name) return mode;
  }
  return Fail(ErrorCode::kUsage, "--mode {}: expected root, user, no-namespaces or seccomp-only",
              name);
}

Result<sandbox::RunResult> Run(const RunFlags& flags) {
  auto mode = ModeNamed(flags.mode);
  if (!mode) return Pass(mode.error());
  sandbox::Program program;
  program.limits = flags.limits;
  auto source = ReadFile(flags.file);
  if (!source) return Pass(source.error());
  program.source = std::move(*source);
  if (!flags.stdin_file.empty()) {
    auto input = ReadFile(flags.stdin_file);
    if (!input) return Pass(input.error());
    program.stdin_text = std::move(*input);
  }
  sandbox::SandboxOptions options;
  options.mode = *mode;
  options.workers = 1;
  auto box = sandbox::Sandbox::Open(options);
  if (!box) return Pass(box.error());
  program.language = flags.language;
  if (program.language.empty()) {
    auto language = (*box)->LanguageOf(flags.file);
    if (!language) return Pass(language.error());
    program.language = *language;
  }
  return (*box)->Run(program);
}

std::string Describe(const sandbox::EndingReport& report) {
  std::string text(sandbox::Name(report.ending));
  if (report.ending == sandbox::Ending::kExited) text += fmt::format(" {}", report.exit_code);
  if (!report.message.empty()) text += ": " + report.message;
  return fmt::format("{} (CPU {:.1f} ms, wall {:.1f} ms, peak {} KB by {}, mode {})", text,
                     report.cpu_ms, report.wall_ms, report.peak_kb,
                     sandbox::Name(report.peak_source), sandbox::Name(report.mode));
}

int Show(const sandbox::RunResult& result, bool json) {
  const sandbox::EndingReport& report = result.report;
  if (json) {
    auto fields = ParseJson(sandbox::ToJson(report));
    Json out = fields ? *fields : Json::object();
    out["stdout"] = result.stdout_text;
    out["stderr"] = result.stderr_text;
    out["compile_failed"] = result.compile_failed;
    fmt::print("{}\n", DumpJson(out));
  } else {
    std::cout.write(result.stdout_text.data(),
                    static_cast<std::streamsize>(result.stdout_text.size()));
    std::cout.flush();
    std::cerr.write(result.stderr_text.data(),
                    static_cast<std::streamsize>(result.stderr_text.size()));
    fmt::print(stderr, "assay: {}{}\n", result.compile_failed ? "compiler " : "", Describe(report));
  }
  if (report.ending == sandbox::Ending::kSandboxFailed) return kOurFault;
  return report.Succeeded() && !result.compile_failed ? kDone : kConditionFailed;
}

void AddRun(CLI::App* sandbox_command) {
  CLI::App* command = sandbox_command->add_subcommand(
      "run", "Run one program in the sandbox: its output, then how it ended");
  auto flags = std::make_shared<RunFlags>();
  command->add_option("file", flags->file, "Program; its extension names the language")->required();
  command->add_option("--stdin", flags->stdin_file,
                      "File that becomes standard input (none: empty)");
  command->add_option("--language", flags->language, "Language, whatever the extension");
  command->add_option("--mode", flags->mode,
                      "root, user, no-namespaces or seccomp-only (default: strongest that works)");
  command->add_option("--cpu-ms", flags->limits.cpu_ms, "CPU time, all threads, in ms")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400'000));
  command->add_option("--wall-ms", flags->limits.wall_ms, "Wall time in ms (0: 6 x CPU + 2 s)")
      ->capture_default_str()
      ->check(CLI::Range(0, 86'400'000));
  command->add_option("--memory-mb", flags->limits.memory_mb, "Memory in MB (0: no limit)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 22));
  command->add_option("--output-kb", flags->limits.output_kb, "Output and error text, each, in KB")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 22));
  command
      ->add_option("--scratch-kb", flags->limits.scratch_kb,
                   "Size of a writable working folder in KB (0: none)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 22));
  command->add_option("--threads", flags->limits.threads, "Threads, the first included")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command->add_flag("--json", flags->json, "One JSON object with ending, measurements and texts");
  OnRun(command, [flags] {
    auto result = Run(*flags);
    return result ? Show(*result, flags->json) : Report(result.error());
  });
}

int ShowDoctor(bool json) {
  auto checked = sandbox::Examine();
  if (!checked) return Report(checked.error());
  if (json) {
    Json out = {
        {"chosen", checked->chosen}, {"modes", Json::array()}, {"languages", Json::array()}};
    for (const auto& mode : checked->modes) {
      out["modes"].push_back({{"mode", sandbox::Name(mode.mode)},
                              {"works", mode.works},
                              {"layers", sandbox::LayerNames(mode.layers)},
                              {"why", mode.why}});
    }
    for (const auto& [name, why] : checked->languages) {
      out["languages"].push_back({{"language", name}, {"works", why.empty()}, {"why", why}});
    }
    out["notes"] = checked->notes;
    fmt::print("{}\n", DumpJson(out));
    return checked->chosen.empty() ? kConditionFailed : kDone;
  }
  fmt::print("mode: {}\n", checked->chosen.empty() ? "none works here" : checked->chosen);
  for (const auto& mode : checked->modes) {
    fmt::print("  {:<14} {}\n", sandbox::Name(mode.mode),
               mode.works
                   ? fmt::format("works: {}", fmt::join(sandbox::LayerNames(mode.layers), ", "))
                   : "does not work: " + mode.why);
  }
  for (const std::string& note : checked->notes) fmt::print("note: {}\n", note);
  fmt::print("languages:\n");
  for (const auto& [name, why] : checked->languages) {
    fmt::print("  {:<14} {}\n", name, why.empty() ? "works" : why);
  }
  return checked->chosen.empty() ? kConditionFailed : kDone;
}

}  // namespace

void AddSandbox(CLI::App& app) {
  CLI::App* command = app.add_subcommand("sandbox", "Run untrusted programs; check containment");
  command->require_subcommand(1);
  AddRun(command);
  CLI::App* doctor = command->add_subcommand(
      "doctor", "Say which modes, layers and languages work here, and why others do not");
  auto json = std::make_shared<bool>(false);
  doctor->add_flag("--json", *json, "One JSON object");
  OnRun(doctor, [json] { return ShowDoctor(*json); });
}

}  // namespace assay::cli
