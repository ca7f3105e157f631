// Programs of each language in each mode: streams, exit codes, limits, measurements.
#include "sandbox/python.h"
#include "tests/sandbox/modes.h"

namespace assay::sandbox {
namespace {

RunResult Python(Sandbox& box, const std::string& source, Limits limits = {},
                 const std::string& input = "") {
  return RunScript(box, source, input, limits);
}

Result<RunResult> RunIn(Sandbox& box, const std::string& language, const std::string& source,
                        const std::string& input = "") {
  Program program;
  program.language = language;
  program.source = source;
  program.stdin_text = input;
  return box.Run(program);
}

TEST_CASE("a script reads its input, writes both streams and exits", "[sandbox]") {
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    const RunResult result = Python(
        *box,
        "import sys\nn = int(input())\nprint(n * 2)\nprint('e', file=sys.stderr)\nsys.exit(3)", {},
        "21\n");
    INFO(ToJson(result.report));
    CHECK(result.report.ending == Ending::kExited);
    CHECK(result.report.exit_code == 3);
    CHECK(result.stdout_text == "42\n");
    CHECK(result.stderr_text == "e\n");
    CHECK(result.report.cpu_ms > 0);
    CHECK(result.report.peak_kb > 0);
  }
}

TEST_CASE("input and output larger than any pipe pass through", "[sandbox]") {
  for (Sandbox* box : AllBoxes()) {
    const std::string input(300'000, 'x');
    const RunResult result =
        Python(*box, "import sys\nsys.stdout.write(sys.stdin.read())", {}, input);
    CHECK(result.report.Succeeded());
    CHECK(result.stdout_text == input);
  }
}

TEST_CASE("each limit has its own ending", "[sandbox]") {
  Limits limits;
  limits.cpu_ms = 5000;
  limits.wall_ms = 8000;
  limits.memory_mb = 64;
  limits.output_kb = 16;
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    Limits tight = limits;
    tight.cpu_ms = 300;
    const RunResult busy = Python(*box, "while True: pass", tight);
    INFO(ToJson(busy.report));
    CHECK(busy.report.ending == Ending::kCpuLimit);
    CHECK(busy.report.cpu_ms >= 300);
    CHECK(busy.report.cpu_ms < 400);
    Limits impatient = limits;
    impatient.wall_ms = 200;
    const RunResult idle = Python(*box, "import time\ntime.sleep(60)", impatient);
    CHECK(idle.report.ending == Ending::kWallLimit);
    CHECK(idle.report.cpu_ms < 100);
    CHECK(Python(*box, "x = [bytes(1 << 20) for _ in range(200)]", limits).report.ending ==
          Ending::kMemoryLimit);
    const RunResult loud = Python(*box, "while True: print('y' * 1000)", limits);
    CHECK(loud.report.ending == Ending::kOutputLimit);
    CHECK(loud.stdout_text.size() == 16 * 1024);
    const RunResult crash = Python(*box, "import ctypes\nctypes.string_at(0)", limits);
    INFO(ToJson(crash.report) << crash.stderr_text);
    CHECK(crash.report.ending == Ending::kSignaled);
    CHECK(crash.report.signal == 11);
    // A failed run leaves nothing behind for the next.
    CHECK(Python(*box, "print(1)", limits).stdout_text == "1\n");
  }
}

TEST_CASE("C and C++ compile once and run", "[sandbox]") {
  const std::string source =
      "#include <bits/stdc++.h>\nint main() { long long a, b; std::cin >> a >> b;"
      " std::cout << a + b << '\\n'; return 7; }\n";
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    for (int time = 0; time < 2; ++time) {
      auto result = RunIn(*box, "cpp", source, "40 2\n");
      REQUIRE(result);
      INFO(ToJson(result->report) << result->stderr_text);
      CHECK(result->stdout_text == "42\n");
      CHECK(result->report.exit_code == 7);
    }
    auto wrong = RunIn(*box, "c", "int main(void) { return x; }\n");
    REQUIRE(wrong);
    CHECK(wrong->compile_failed);
    CHECK(wrong->stderr_text.find("undeclared") != std::string::npos);
    auto aborted = RunIn(*box, "c", "#include <stdlib.h>\nint main(void) { abort(); }\n");
    REQUIRE(aborted);
    CHECK(aborted->report.ending == Ending::kSignaled);
    CHECK(aborted->report.signal == 6);
  }
}

TEST_CASE("an unknown language is refused with the nearest known one", "[sandbox]") {
  auto result = RunIn(BestBox(), "pythn", "");
  REQUIRE(!result);
  CHECK(result.error().message.find("python") != std::string::npos);
}

TEST_CASE("JavaScript runs where node is installed", "[sandbox]") {
  for (Sandbox* box : AllBoxes()) {
    auto result = RunIn(*box, "javascript",
                        "console.log(require('fs').readFileSync(0, 'utf8').length)", "hello");
    if (!result) {
      WARN("SKIPPED: " << result.error().message);
      return;
    }
    INFO(Name(box->mode()) << ToJson(result->report) << result->stderr_text);
    CHECK(result->stdout_text == "5\n");
  }
}

TEST_CASE("a scratch folder is private, bounded and gone after the run", "[sandbox]") {
  Limits limits;
  limits.scratch_kb = 256;
  limits.file_kb = 100;
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    Program program;
    program.language = "python";
    program.limits = limits;
    program.files.push_back({"data.txt", "seven"});
    program.source =
        "import os\nprint(os.listdir('.'), open('data.txt').read())\nopen('new', 'w').write('x')";
    for (int time = 0; time < 2; ++time) {
      auto result = box->Run(program);
      REQUIRE(result);
      INFO(ToJson(result->report) << result->stderr_text);
      CHECK(result->stdout_text == "['data.txt'] seven\n");
    }
    const RunResult big = Python(*box, "open('big', 'wb').write(bytes(200_000))", limits);
    CHECK(big.stderr_text.find("OSError") != std::string::npos);
    CHECK(Python(*box, "open('x', 'w')", {}).report.exit_code == 1);
  }
}

}  // namespace
}  // namespace assay::sandbox
