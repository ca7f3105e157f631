#include "tasks/review/review.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "tasks/pack.h"
#include "tasks/review/guess.h"
#include "tasks/review/mutate.h"
#include "tasks/scaffold.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using assay::CheckStatus;
using assay::ReportCard;

namespace {

namespace fs = std::filesystem;

const fs::path kBadPacks = fs::path(ASSAY_SOURCE_DIR) / "tests" / "cases" / "bad_packs";

std::vector<fs::path> BadPacks() {
  std::vector<fs::path> packs;
  for (const auto& entry : fs::directory_iterator(kBadPacks)) packs.push_back(entry.path());
  std::sort(packs.begin(), packs.end());
  return packs;
}

std::set<std::string> Failed(const ReportCard& card) {
  std::set<std::string> names;
  for (const auto& check : card.checks) {
    if (check.status == CheckStatus::kFailed) names.insert(check.name);
  }
  return names;
}

bool Says(const assay::CheckResult& check, const std::string& words) {
  return std::any_of(check.findings.begin(), check.findings.end(), [&](const std::string& finding) {
    return finding.find(words) != std::string::npos;
  });
}

ReportCard Reviewed(const std::string& pack) {
  const auto card = assay::Review(pack);
  if (!card) FAIL(card.error().message);
  return *card;
}

}  // namespace

TEST_CASE("each bad pack fails for the reason it was made for, and for no other", "[bulk]") {
  const auto packs = BadPacks();
  CHECK(packs.size() >= 60);
  for (const fs::path& pack : packs) {
    const auto expect = assay::ReadJsonFile(pack / "expect.json");
    REQUIRE(expect);
    const ReportCard card = Reviewed(pack.string());
    INFO(pack.filename().string() << ": " << (*expect)["why"].get<std::string>() << "\n"
                                  << ToText(card));
    CHECK_FALSE(card.Passed());
    const auto fails = (*expect)["fails"].get<std::vector<std::string>>();
    CHECK(Failed(card) == std::set<std::string>(fails.begin(), fails.end()));
    const std::string says = (*expect)["says"].get<std::string>();
    bool said = false;
    for (const std::string& name : fails) {
      const auto* check = card.Find(name);
      said = said || (check != nullptr && Says(*check, says));
    }
    CHECK(said);
  }
}

TEST_CASE("every check is failed by some bad pack") {
  std::set<std::string> failed;
  for (const fs::path& pack : BadPacks()) {
    const auto expect = assay::ReadJsonFile(pack / "expect.json");
    for (const auto& name : (*expect)["fails"]) failed.insert(name.get<std::string>());
  }
  for (const auto& check : assay::ReviewChecks()) {
    INFO(check.name);
    CHECK(failed.count(check.name) == 1);
  }
}

TEST_CASE("every shipped pack passes", "[bulk]") {
  const auto suites = assay::ListSuites();
  REQUIRE(suites);
  for (const auto& info : *suites) {
    if (info.kind != "pack") continue;
    const ReportCard card = Reviewed(info.name);
    INFO(ToText(card));
    CHECK(card.Passed());
    CHECK(card.judged == card.problems);
  }
}

TEST_CASE("what a new pack starts with passes, whatever its verifier") {
  for (const std::string& verifier : assay::ScaffoldVerifiers()) {
    assay::TempDir dir;
    const fs::path pack = dir.path() / "My Pack";
    const auto written = assay::WriteScaffold(pack, {verifier, "", "CC0-1.0"});
    if (!written) FAIL(written.error().message);
    const ReportCard card = Reviewed(pack.string());
    INFO(verifier << "\n" << ToText(card));
    CHECK(card.Passed());
    CHECK(card.suite == "my-pack 1.0.0");
    CHECK(card.problems == 2);
    CHECK_FALSE(assay::WriteScaffold(pack, {verifier, "", "CC0-1.0"}));  // it holds something
  }
  CHECK(assay::WriteScaffold("/tmp/x", {"exactly", "", ""}).error().message.find("\"exact\"") !=
        std::string::npos);
}

TEST_CASE("a pack that cannot be read is an error, not a card") {
  assay::TempDir dir;
  CHECK(assay::Review(dir.path().string()).error().message.find("pack.json") != std::string::npos);
  CHECK(assay::Review((dir.path() / "none").string()).error().code == assay::ErrorCode::kNotFound);
}

TEST_CASE("sealing notes the files, and an edit afterwards is seen") {
  assay::TempDir dir;
  const fs::path pack = dir.path() / "pack";
  REQUIRE(assay::WriteScaffold(pack, {"program", "", "CC0-1.0"}));
  REQUIRE(assay::SealPack(pack));
  const auto head = assay::ReadJsonFile(pack / "pack.json");
  CHECK((*head)["files"].size() == 2);
  CHECK(assay::LoadPack(pack));
  fs::resize_file(pack / "verify.py", 10);
  CHECK(assay::LoadPack(pack).error().message.find("was edited") != std::string::npos);
}

TEST_CASE("a generated suite is reviewed like a pack") {
  const auto card = assay::Review("assay-mini", {0, 20, {}});
  if (!card) {
    WARN("SKIPPED: " << card.error().message);
    return;
  }
  INFO(ToText(*card));
  CHECK(card->Passed());
  CHECK(card->judged == 20);
}

TEST_CASE("mutants differ from their program in one place") {
  const std::string source =
      "def f(n):\n    \"\"\"Doc 1.\"\"\"\n    if n < 3 and n != 0:\n        return -n\n"
      "    return max(n, 7) + 1\n";
  const auto mutants = assay::PythonMutants(source, 100);
  if (!mutants) FAIL(mutants.error().message);
  const std::set<std::string> all(mutants->begin(), mutants->end());
  CHECK(all.size() == mutants->size());
  CHECK(all.size() >= 14);
  const auto has = [&](const std::string& piece) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& mutant) {
      return mutant.find(piece) != std::string::npos;
    });
  };
  for (const char* piece : {"n <= 3", "n > 3", "n < 4", "or n != 0", "n == 0", "return n\n",
                            "min(n, 7)", "max(n, 8)", "- 1", "not (n < 3"}) {
    INFO(piece);
    CHECK(has(piece));
  }
  CHECK_FALSE(has("Doc 2"));
  CHECK(assay::PythonMutants(source, 3)->size() == 3);
  CHECK(assay::PythonMutants("def f(:", 3).error().code == assay::ErrorCode::kInput);
}

TEST_CASE("a guesser's score is known") {
  CHECK(assay::OptionsIn("Which?\nA) one\nB) two\n(C) three\n") == 3);
  CHECK(assay::OptionsIn("A. is alone\n") == 0);
  assay::AnswerTally tally;
  for (const char* answer : {"B", "b", "A", "C"}) tally.Add(answer, 4);
  CHECK(tally.RandomScore() == Approx(0.25));
  CHECK(tally.ConstantScore() == Approx(0.5));
  assay::AnswerTally words;
  for (const char* answer : {"yes", "no", "yes", "yes"}) words.Add(answer, 0);
  CHECK(words.RandomScore() == Approx(0.5));
  CHECK(words.ConstantScore() == Approx(0.75));
}
