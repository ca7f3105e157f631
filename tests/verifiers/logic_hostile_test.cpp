// Every puzzle of tests/cases/logic against answers as long and as odd as they may be.
#include <filesystem>
#include <map>
#include <memory>

#include "tests/support/catch.h"
#include "tests/support/pace.h"
#include "verifiers/logic/logic_verifier.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

// One problem of each kind of puzzle: spec and reference.
std::map<std::string, std::pair<Json, std::string>> OneOfEach() {
  std::map<std::string, std::pair<Json, std::string>> problems;
  const auto folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "cases" / "logic";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto read = ForEachJsonLine(file.path(), [&](std::size_t, Result<Json> line) {
      REQUIRE(line.has_value());
      const Json& spec = (*line)["verifier"];
      problems.emplace(spec["puzzle"].get<std::string>(),
                       std::pair(spec, (*line)["reference"].get<std::string>()));
      return true;
    });
    REQUIRE(read.has_value());
  }
  return problems;
}

std::string Filled(const std::string& piece, std::size_t size) {
  std::string text;
  while (text.size() + piece.size() <= size) text += piece;
  return text;
}

TEST_CASE("every kind of puzzle has cases") {
  const auto problems = OneOfEach();
  for (const auto& name : PuzzleNames()) {
    INFO(name);
    CHECK(problems.count(name) == 1);
  }
}

TEST_CASE("puzzles judge hostile answers soon and never as right") {
  const std::vector<std::string> pieces = {"1",
                                           "(",
                                           "1 ",
                                           "(1,1) ",
                                           "U ",
                                           "u",
                                           "1->2, ",
                                           "A=1, ",
                                           "A = knight\n",
                                           "#.\n",
                                           "1 2\n",
                                           "a, ",
                                           "a;",
                                           ";",
                                           "=",
                                           "-",
                                           "+1",
                                           "1/",
                                           "((1)*",
                                           "pour 1 2; ",
                                           "fill 1; ",
                                           "nothing; ",
                                           "aab, ",
                                           "\xff\xfe",
                                           "\xE2\x86\x92",
                                           "1 | 2\n",
                                           "9999999999999999999 ",
                                           "-1, 2, ",
                                           "**",
                                           "answer:",
                                           "Answer: 1\n",
                                           "```\n",
                                           "or ",
                                           "\\times"};
  std::map<std::string, std::unique_ptr<const Verifier>> verifiers;
  for (const auto& [name, problem] : OneOfEach()) {
    auto verifier = MakeVerifier(problem.first, {problem.second, Json(), {}});
    REQUIRE(verifier.has_value());
    verifiers[name] = std::move(*verifier);
  }
  for (const std::string& piece : pieces) {
    for (const std::size_t size : {kMaxLogicAnswerBytes - 1, std::size_t{1} << 18}) {
      const std::string text = Filled(piece, size);
      for (const std::string& response : {"Answer: " + text, "Answer:\n```\n" + text + "\n```"}) {
        for (const auto& [name, verifier] : verifiers) {
          INFO(name << ": " << piece << " " << size);
          const auto start = std::chrono::steady_clock::now();
          const Verdict verdict = verifier->Check(response, std::chrono::milliseconds(1000));
          CHECK(verdict.outcome != Outcome::kCorrect);
          CHECK(verdict.outcome != Outcome::kError);
          CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2 * kPace));
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay
