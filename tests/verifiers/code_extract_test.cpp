// How programs are found in responses: no sandbox needed.
#include "verifiers/code/code_extract.h"

#include "tests/support/catch.h"
#include "tests/support/pace.h"
#include "verifiers/code/output_compare.h"

namespace assay {
namespace {

const CodeQuestion kQuestion{
    "python", "import math\n\ndef h(x):\n    return x\n\ndef f(a):\n    \"\"\"Doc.\"\"\"\n", "f"};
const std::string kPreamble = "import math\n\ndef h(x):\n    return x\n\n\n";

std::string Program(const std::string& response, const std::string& profile = "default") {
  const auto code = ExtractCode(response, profile, kQuestion);
  return code ? code->program : "nothing";
}

TEST_CASE("the default profile finds the program whatever stands round it") {
  const std::string f = "def f(a):\n    return a\n";
  CHECK(Program("Sure:\n```python\n" + f + "```\nDone.") == kPreamble + f);
  CHECK(Program("```\n" + f + "```") == kPreamble + f);
  CHECK(Program("```py\n" + f) == kPreamble + f);  // cut off before the fence
  CHECK(Program("```bash\npip install x\n```\n```python\n" + f + "```") == kPreamble + f);
  // The block with the function wins over a later example.
  CHECK(Program("```python\n" + f + "```\nExample:\n```python\nprint(f(1))\n```") == kPreamble + f);
  CHECK(Program("```python\nold\n```\n```python\n" + f + "```") == kPreamble + f);
  CHECK(Program("<think>```python\ndef f(a): return 0\n```</think>\n```python\n" + f + "```") ==
        kPreamble + f);
  CHECK(Program("<think>```python\n" + f + "```") == "nothing");
  CHECK(Program("Here is the code.\n" + f + "This function returns it.\n") == kPreamble + f);
  CHECK(Program("") == "nothing");
}

TEST_CASE("a body continues the prompt, its indentation repaired") {
  const std::string whole = kQuestion.prompt + "    x = a\n    return x\n";
  CHECK(Program("    x = a\n    return x\n") == whole);
  CHECK(Program("x = a\nreturn x") == whole);
  CHECK(Program("x = a\n    return x\n") == whole);
  CHECK(Program("```python\n    x = a\n    return x\n```") == whole);
}

TEST_CASE("other harnesses' rules") {
  const std::string f = "def f(a):\n    return a\n";
  const std::string two =
      "```python\n" + f + "```\nor\n```python\nlonger = 1\nlonger = 22222222222\n```\n";
  CHECK(Program(two, "first") == f);
  CHECK(Program(two, "last") == "longer = 1\nlonger = 22222222222\n");
  CHECK(Program(two, "longest") == "longer = 1\nlonger = 22222222222\n");
  CHECK(Program(f, "first") == f);
  CHECK(Program(f, "livecodebench") == "nothing");
  CHECK(Program(two, "simple-evals") == kQuestion.prompt + "    return a\n");
  CHECK(Program("    return a\n\ndef g(): pass", "lm-eval") == kQuestion.prompt + "    return a\n");
  CHECK(Program("\n    return a\nprint(1)", "bigcode") ==
        "import math\n\ndef h(x):\n    return x\n\ndef f(a):\n    \"\"\"Doc.\"\"\"\n    return a");
  CHECK(Program("    return a\n", "continuation") == kQuestion.prompt + "    return a\n");
}

TEST_CASE("extraction ends soon on hostile text") {
  std::string ticks, defs, fences;
  while (ticks.size() < (1u << 20)) ticks += "```\n";
  while (defs.size() < (1u << 20)) defs += "def f\n";
  while (fences.size() < (1u << 20)) fences += "````python\ndef f(a):\n````\n";
  for (const std::string& text : {ticks, defs, fences, std::string(1 << 20, '`')}) {
    for (const std::string& profile : CodeProfiles()) {
      const auto start = std::chrono::steady_clock::now();
      ExtractCode(text, profile, kQuestion);
      INFO(profile);
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(kPace));
    }
  }
}

TEST_CASE("outputs compare by the rule asked for") {
  const OutputComparison tokens{OutputRule::kTokens};
  CHECK(OutputDifference("1 2\n3\n", "1   2 3", tokens).empty());
  CHECK_FALSE(OutputDifference("1 2\n", "1 2 3", tokens).empty());
  CHECK_FALSE(OutputDifference("1 2\n", "1", tokens).empty());
  CHECK_FALSE(OutputDifference("1", "1.0", tokens).empty());
  const OutputComparison exact{OutputRule::kExact};
  CHECK(OutputDifference("1 2\n3\n", "1 2  \n3\n\n", exact).empty());
  CHECK_FALSE(OutputDifference("1 2\n3\n", "1  2\n3\n", exact).empty());
  CHECK_FALSE(OutputDifference("1 2\n3\n", "1 2\n", exact).empty());
  const OutputComparison floats{OutputRule::kFloats};
  CHECK(OutputDifference("0.5 yes", "0.5000001 yes", floats).empty());
  CHECK_FALSE(OutputDifference("0.5", "0.51", floats).empty());
  CHECK_FALSE(OutputDifference("0.5", "nan", floats).empty());
  CHECK_FALSE(OutputDifference("0.5 yes", "0.5 no", floats).empty());
}

}  // namespace
}  // namespace assay
