// Judge and candidates in their own processes: answers, endings, persistence, no shared
// descriptors.
#include "sandbox/pair.h"

#include "sandbox/python.h"
#include "tests/sandbox/modes.h"

namespace assay::sandbox {
namespace {

// Sends the number in __data__ to each candidate, answers with what comes back ("" when the
// candidate ends).
const char kJudge[] = R"(
import os, struct, sys
count = 0
for line in sys.stdin:
    count += 1
    channel = 16 + int(line)
    try:
        os.write(channel, __data__)
        reply = os.read(channel, 1000)
    except OSError:
        reply = b''
    answer = reply + b' ' + str(count).encode()
    os.write(3, struct.pack('<I', len(answer)) + answer)
)";

const char kDoubler[] = "import os\nn = int(os.read(3, 100))\nos.write(3, str(2 * n).encode())\n";

TEST_CASE("one judge serves several candidates", "[sandbox][pair]") {
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    PairOptions options;
    options.channels = 4;
    auto judge = Judge::Start(*box, {kJudge, "21", {}}, options);
    REQUIRE(judge);
    const PairResult first = (*judge)->Try({kDoubler, "", {}});
    INFO(ToJson(first.candidate) << first.candidate_stderr << ToJson(first.judge));
    CHECK(first.answer == "42 1");
    const PairResult silent = (*judge)->Try({"print('no')", "", {}});
    CHECK(silent.answer == " 2");
    CHECK(silent.candidate_ended_first);
    CHECK(silent.candidate.ending == Ending::kExited);
    CHECK(silent.candidate_stdout == "no\n");
    const PairResult lingering =
        (*judge)->Try({std::string(kDoubler) + "import time\ntime.sleep(100)", "", {}});
    CHECK(lingering.answer == "42 3");
    CHECK(!lingering.candidate_ended_first);
    Limits tight;
    tight.cpu_ms = 100;
    const PairResult busy = (*judge)->Try({"while True: pass", "", tight});
    CHECK(busy.answer == " 4");
    CHECK(busy.candidate.ending == Ending::kCpuLimit);
    CHECK((*judge)->channels_left() == 0);
  }
}

TEST_CASE("a judge that ends, stalls or talks nonsense gives no answer", "[sandbox][pair]") {
  Sandbox& box = BestBox();
  Limits limits;
  limits.wall_ms = 300;
  const std::pair<const char*, Ending> judges[] = {
      {"import sys\nsys.exit(5)", Ending::kExited},
      {"import time\ntime.sleep(100)", Ending::kWallLimit},
      {"import os, time\nos.write(3, b'\\xff' * 8)\ntime.sleep(100)", Ending::kOutputLimit},
      {"while True: pass", Ending::kWallLimit}};
  for (const auto& [source, ending] : judges) {
    INFO(source);
    auto judge = Judge::Start(box, {source, "", limits}, {});
    REQUIRE(judge);
    const PairResult result = (*judge)->Try({"import time\ntime.sleep(100)", "", {}});
    CHECK(!result.answer);
    CHECK(result.judge.ending == ending);
    CHECK((*judge)->channels_left() == 0);
  }
}

TEST_CASE("a candidate holds no descriptor but its streams and its channel", "[sandbox][pair]") {
  const std::string source =
      "import os\nos.read(3, 100)\nfds = []\nfor fd in range(300):\n  try: os.fstat(fd); "
      "fds.append(fd)\n"
      "  except OSError: pass\nos.write(3, repr(fds).encode())";
  for (Sandbox* box : AllBoxes()) {
    auto judge = Judge::Start(*box, {kJudge, "1", {}}, {});
    REQUIRE(judge);
    CHECK((*judge)->Try({source, "", {}}).answer == "[0, 1, 2, 3] 1");
  }
}

TEST_CASE("the preloaded module is there for every script", "[sandbox]") {
  SandboxOptions options;
  options.workers = 1;
  options.python_preload =
      "import sys, types\nm = types.ModuleType('shim')\nm.seven = 7\nsys.modules['shim'] = m\n";
  auto box = Sandbox::Open(options);
  REQUIRE(box);
  CHECK(RunScript(**box, "import shim\nprint(shim.seven)", "", {}).stdout_text == "7\n");
}

}  // namespace
}  // namespace assay::sandbox
