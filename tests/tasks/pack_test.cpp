#include "tasks/pack.h"

#include <fstream>

#include "base/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using assay::LoadPack;

namespace {

constexpr const char* kHead = R"({"name": "demo", "version": "1.0.0", "licence": "CC0-1.0",
  "source": "here", "verifier": {"kind": "exact"}, "sampling": {"max_tokens": 9}})";
constexpr const char* kLine = R"({"id": "a", "prompt": "1 + 1?", "reference": "2"})";

class Pack {
 public:
  Pack(const std::string& head, const std::string& lines) {
    std::ofstream(dir_.path() / "pack.json") << head;
    std::ofstream(dir_.path() / "problems.jsonl") << lines;
  }
  std::string Error() const {
    const auto suite = LoadPack(dir_.path());
    return suite ? "" : suite.error().message;
  }
  assay::Result<assay::Suite> Load() const { return LoadPack(dir_.path()); }

 private:
  assay::TempDir dir_;
};

bool Says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a pack loads with its defaults") {
  const auto suite = Pack(kHead, kLine).Load();
  REQUIRE(suite);
  CHECK(suite->problems.size() == 1);
  CHECK(suite->sampling.max_tokens == 9);
  CHECK(suite->metrics == std::vector<std::string>{"pass@k"});
  CHECK(suite->sha256.size() == 64);
  CHECK(TextOf(PromptOf(*suite, suite->problems[0])) == "1 + 1?");
}

TEST_CASE("a pack's identity changes with anything that decides a prompt or a verdict") {
  const auto base = Pack(kHead, kLine).Load()->sha256;
  CHECK(Pack(kHead, kLine).Load()->sha256 == base);
  CHECK(Pack(kHead, R"({"id": "a", "prompt": "1 + 1?", "reference": "3"})").Load()->sha256 != base);
  std::string head = kHead;
  head.replace(head.find("9}"), 1, "8");
  CHECK(Pack(head, kLine).Load()->sha256 != base);
}

TEST_CASE("errors name the file, the line and the key") {
  const std::string two = std::string(kLine) + "\n\n" + kLine;
  CHECK(Says(Pack(kHead, two).Error(), "problems.jsonl: line 3: \"id\": \"a\" stands on line 1"));
  CHECK(Says(Pack(kHead, "{").Error(), "problems.jsonl: line 1"));
  CHECK(Says(Pack(kHead, R"({"id": "a", "promt": "x", "prompt": "y"})").Error(),
             "line 1: unknown key \"promt\" (did you mean \"prompt\"?)"));
  CHECK(
      Says(Pack(kHead, R"({"id": "a", "prompt": "x", "reference": 2})").Error(), "\"reference\""));
  CHECK(Says(Pack(kHead, "").Error(), "holds no problem"));
  CHECK(Says(Pack("{}", kLine).Error(), "pack.json: \"name\": is missing"));
  std::string head = kHead;
  head.replace(head.find("1.0.0"), 5, "1.0");
  CHECK(Says(Pack(head, kLine).Error(), "\"version\": must be like 1.0.0"));
  CHECK(Says(LoadPack("/nowhere/at/all").error().message, "/nowhere/at/all/pack.json"));
}

TEST_CASE("messages keep their turns, and few-shot examples come before them") {
  const std::string head = R"({"name": "demo", "version": "1.0.0", "licence": "CC0-1.0",
    "source": "here", "verifier": {"kind": "exact"}, "prompt": {"system": "Be brief.",
    "template": "Q: {prompt}", "few_shot": [{"prompt": "1?", "response": "one"}]}})";
  const auto suite = Pack(head, kLine).Load();
  REQUIRE(suite);
  const auto prompt = PromptOf(*suite, suite->problems[0]);
  const auto& turns = std::get<std::vector<assay::Message>>(prompt);
  REQUIRE(turns.size() == 4);
  CHECK(turns[0].role == "system");
  CHECK(turns[1].content == "Q: 1?");
  CHECK(turns[2].content == "one");
  CHECK(turns[3].content == "Q: 1 + 1?");
  const auto text = PromptOf(*suite, suite->problems[0], assay::PromptStyle::kCompletion);
  CHECK(std::get<std::string>(text) == "Be brief.\n\nQ: 1?one\n\nQ: 1 + 1?");
}

TEST_CASE("a problem's verifier keys win over the suite's, and another kind takes nothing") {
  assay::Suite suite;
  suite.verifier = {{"kind", "math"}, {"rel", 0.1}};
  assay::Problem problem;
  CHECK(VerifierSpecOf(suite, problem) == suite.verifier);
  problem.verifier = {{"rel", 0.2}};
  CHECK(VerifierSpecOf(suite, problem) == assay::Json({{"kind", "math"}, {"rel", 0.2}}));
  problem.verifier = {{"kind", "exact"}};
  CHECK(VerifierSpecOf(suite, problem) == assay::Json({{"kind", "exact"}}));
}
