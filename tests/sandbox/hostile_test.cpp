// Every program of tests/cases/sandbox/hostile/ in every mode: its declared ending, no survivors,
// nothing changed outside, the next run clean. A case's first lines declare (after "# " or "// "):
//   expect: exited 0 | cpu_limit | …   endings, any of several separated by "|"; "compile_failed"
//   stdout: TEXT                       exact standard output without its last newline
//   scratch_kb: N                      runs with a scratch folder
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/files.h"
#include "sandbox/python.h"
#include "tests/sandbox/modes.h"
#include "tests/support/pace.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> Declared(const std::string& source) {
  std::map<std::string, std::string> declared;
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.rfind("# ", 0) == 0 ? 2 : line.rfind("// ", 0) == 0 ? 3 : 0;
    const std::size_t colon = line.find(": ");
    if (begin == 0 || colon == std::string::npos) break;
    declared[line.substr(begin, colon - begin)] = line.substr(colon + 2);
  }
  return declared;
}

std::string EndingText(const RunResult& result) {
  if (result.compile_failed) return "compile_failed";
  std::string text(Name(result.report.ending));
  if (result.report.ending == Ending::kExited)
    text += " " + std::to_string(result.report.exit_code);
  if (result.report.ending == Ending::kSignaled) text += " " + std::to_string(result.report.signal);
  return text;
}

bool OneOf(const std::string& alternatives, const std::string& text) {
  return ("|" + alternatives + "|").find("|" + text + "|") != std::string::npos;
}

TEST_CASE("hostile programs end as declared in every mode", "[sandbox][hostile]") {
  const fs::path folder = fs::path(ASSAY_SOURCE_DIR) / "tests/cases/sandbox/hostile";
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    auto source = ReadFile(entry.path());
    REQUIRE(source);
    auto declared = Declared(*source);
    REQUIRE(declared.count("expect") == 1);
    ++count;
    Program program;
    program.language = entry.path().extension().string().substr(1);
    program.source = *source;
    // A tight budget only where it is what the program must run into: any other ending must come on
    // a slow machine too.
    const auto runs_into = [&declared](const char* limit) {
      return declared["expect"].find(limit) != std::string::npos;
    };
    program.limits.cpu_ms = runs_into("cpu_limit") ? 500 : 5000 * kPace;
    program.limits.wall_ms = (runs_into("wall_limit") ? 1000 : 8000) * kPace;
    program.limits.memory_mb = 256;
    program.limits.output_kb = 256;
    if (declared.count("scratch_kb") != 0)
      program.limits.scratch_kb = std::stoll(declared["scratch_kb"]);
    for (Sandbox* box : AllBoxes()) {
      auto result = box->Run(program);
      REQUIRE(result);
      INFO(entry.path().filename().string()
           << " in mode " << Name(box->mode()) << ": " << ToJson(result->report) << "\n"
           << result->stdout_text.substr(0, 500) << "\n"
           << result->stderr_text.substr(0, 500));
      CHECK(OneOf(declared["expect"], EndingText(*result)));
      if (declared.count("stdout") != 0) CHECK(result->stdout_text == declared["stdout"] + "\n");
      if (result->report.ending == Ending::kCpuLimit)
        CHECK(result->report.cpu_ms < 600);  // 20 ms, and freeing its memory
      CHECK(RunScript(*box, "import os\nprint(6 * 7, os.getcwd())", "", {}).stdout_text ==
            "42 /\n");
    }
  }
  CHECK(count >= 80);
}

}  // namespace
}  // namespace assay::sandbox
