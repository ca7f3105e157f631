#include "sandbox/doctor.h"

#include "sandbox/language.h"
#include "sandbox/pool.h"

namespace assay::sandbox {
namespace {

std::string TryLanguage(Sandbox& box, const Language& language) {
  static const std::vector<std::pair<std::string, std::string>> kHello = {
      {"python", "print(6 * 7)\n"},
      {"c", "#include <stdio.h>\nint main(void) { printf(\"%d\\n\", 6 * 7); }\n"},
      {"cpp", "#include <iostream>\nint main() { std::cout << 6 * 7 << '\\n'; }\n"},
      {"javascript", "console.log(6 * 7)\n"}};
  Program program;
  program.language = language.name;
  for (const auto& [name, source] : kHello) {
    if (name == language.name) program.source = source;
  }
  if (program.source.empty()) return "not tried";
  auto result = box.Run(program);
  if (!result) return result.error().message;
  if (result->report.Succeeded() && result->stdout_text == "42\n") return "";
  std::string why = std::string(Name(result->report.ending)) + " " + result->report.message;
  if (!result->stderr_text.empty()) why += ": " + result->stderr_text.substr(0, 200);
  return why;
}

void Explain(std::uint32_t layers, Examination& examination) {
  if ((layers & kLandlock) == 0) {
    examination.notes.push_back("landlock is off: this kernel has none or forbids it");
  }
  if ((layers & kCgroupMemory) == 0) {
    const WorkerCgroup group = WorkerCgroup::Make(-1);
    examination.notes.push_back("cgroup-memory is off: " + group.why_not());
  }
  if ((layers & kCgroupPids) == 0) {
    examination.notes.push_back(
        "cgroup-pids is off: no pids controller is delegated to this process");
  }
  if ((layers & kRoom) == 0) {
    examination.notes.push_back(
        "no namespaces: file names of the host can be probed, processes are counted per user only");
  }
}

}  // namespace

Result<Examination> Examine() {
  auto room_program = FindRoomProgram({});
  if (!room_program) return Pass(room_program.error());
  Examination examination;
  for (const Mode mode : {Mode::kRoot, Mode::kUser, Mode::kNoNamespaces, Mode::kSeccompOnly}) {
    ModeCheck check;
    check.mode = mode;
    auto layers = TryMode(mode, *room_program);
    check.works = layers.has_value();
    if (layers) {
      check.layers = *layers;
    } else {
      check.why = layers.error().message;
    }
    examination.modes.push_back(check);
  }
  auto box = Sandbox::Open({});
  if (!box) return examination;
  examination.chosen = Name((*box)->mode());
  Explain((*box)->layers(), examination);
  auto languages = LoadLanguages({});
  if (!languages) return Pass(languages.error());
  for (const Language& language : *languages) {
    examination.languages.emplace_back(language.name, TryLanguage(**box, language));
  }
  return examination;
}

}  // namespace assay::sandbox
