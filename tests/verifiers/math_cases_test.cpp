// Every case of tests/cases/math/*.jsonl, and the public triples where they are present.
#include <filesystem>
#include <set>

#include "base/json.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"
#include "verifiers/math/math_verifier.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kBudget{1000};  // the machine may be busy; steps decide

Verdict Judge(const Json& row) {
  VerifierContext context;
  context.reference = row["reference"].get<std::string>();
  if (row.contains("prompt")) context.problem = Json{{"prompt", row["prompt"]}};
  Json spec = row.contains("verifier") ? row["verifier"] : Json{{"kind", "math"}};
  const auto verifier = MakeMathVerifier(spec, context);
  if (!verifier) return Verdict::Failure(verifier.error().message);
  return (*verifier)->Check(row["response"].get<std::string>(), kBudget);
}

TEST_CASE("math: committed cases") {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ASSAY_SOURCE_DIR) + "/tests/cases/math")) {
    if (entry.path().extension() != ".jsonl") continue;
    REQUIRE(ForEachJsonLine(entry.path(), [&](std::size_t line, Result<Json> row) {
      REQUIRE(row);
      ++count;
      const Verdict v = Judge(*row);
      const std::string expected = (*row)["expected"].get<std::string>();
      INFO(entry.path().filename().string() << ":" << line << " " << DumpJson(*row));
      INFO("answer: " << v.answer << ", reason: " << v.reason);
      const std::string outcome(ToString(v.outcome));
      // "wrong": no reward, whether the answer differs, cannot be read or is not found
      const bool same = outcome == expected || (expected == "wrong" && v.reward == 0.0);
      CHECK(same);
      CHECK((row->contains("reason") || row->contains("source")));
      return true;
    }));
  }
  CHECK(count >= 600);
}

// Expectations of the public triples that are wrong as mathematics or a matter of policy that this
// verifier settles otherwise; docs/math-verifier.md gives the reasons.
const std::set<std::string>& Disputed() {
  static const std::set<std::string> ids = {
      "mv-101",  "mv-104",  "mv-109",        "mv-114",        "mv-219",       "mvn-081",
      "mvn-083", "mvn-084", "hendrycks-001", "hendrycks-008", "hendrycks-010"};
  return ids;
}

TEST_CASE("math: public triples") {
  const auto path = SharedData("cases/math/triples.jsonl");
  if (!path) return;
  REQUIRE(ForEachJsonLine(*path, [&](std::size_t, Result<Json> row) {
    REQUIRE(row);
    const std::string id = (*row)["id"].get<std::string>();
    if (Disputed().count(id) != 0) return true;
    const Verdict v = Judge(*row);
    INFO(id << " reference " << (*row)["reference"] << " response " << (*row)["response"]);
    INFO("answer: " << v.answer << ", reason: " << v.reason);
    CHECK((v.outcome == Outcome::kCorrect) == (*row)["expected"].get<bool>());
    CHECK(v.outcome != Outcome::kError);
    return true;
  }));
}

}  // namespace
}  // namespace assay
