// Runs unasked over every family: add one, and it is held to all of this.
#include <map>
#include <set>

#include "base/rng.h"
#include "base/thread_pool.h"
#include "tasks/generators/generate.h"
#include "tasks/generators/registry.h"
#include "tasks/review/answers.h"
#include "tests/support/catch.h"
#include "verifiers/registry.h"

using assay::AllFamilies;
using assay::Draft;
using assay::Family;
using assay::Outcome;

namespace {

constexpr std::chrono::milliseconds kBudget{20'000};
constexpr std::uint64_t kSeed = 2024;

// The first accepted draft for this index, with a limit on rejections.
std::optional<Draft> FirstDraft(const Family& family, std::size_t index, int level) {
  for (std::size_t attempt = 0; attempt < 400; ++attempt) {
    auto draft = assay::DrawOnce(family, kSeed, index, level, attempt);
    if (draft) return draft;
  }
  return std::nullopt;
}

bool HasVerifier(const Draft& draft) {
  const auto kinds = assay::VerifierKinds();
  const auto kind = draft.verifier.value("kind", std::string());
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string Describe(const Family& family, int level, const Draft& draft) {
  return std::string(family.name) + " level " + std::to_string(level) + "\n" + draft.prompt +
         "\nreference: " + draft.reference;
}

void CheckVerdicts(const Family& family, int level, const Draft& draft) {
  INFO(Describe(family, level, draft));
  const assay::Json problem = {{"prompt", draft.prompt}};
  const auto verifier = assay::MakeVerifier(draft.verifier, {draft.reference, problem, ""});
  if (!verifier) FAIL(verifier.error().message);
  const auto judge = [&](const std::string& response) {
    return (*verifier)->Check(response, kBudget);
  };
  const auto right = judge(assay::ResponseWith(draft.verifier, draft.reference));
  INFO("reason: " << right.reason);
  REQUIRE(right.outcome == Outcome::kCorrect);

  std::vector<std::string> wrong = draft.near_misses;
  if (draft.unique) {
    const auto slips = assay::Slips(draft.verifier, draft.reference, 4);
    wrong.insert(wrong.end(), slips.begin(), slips.end());
  }
  for (const std::string& answer : wrong) {
    INFO("wrong answer: " << answer);
    const auto verdict = judge(assay::ResponseWith(draft.verifier, answer));
    CHECK(verdict.outcome != Outcome::kCorrect);
    CHECK(verdict.outcome != Outcome::kError);
    CHECK(verdict.reward.value_or(0) < 1);
  }
  for (const auto& cheap : assay::CheapResponses(draft.verifier, draft.prompt, draft.reference)) {
    INFO("cheap response: " << cheap.name);
    const auto verdict = judge(cheap.text);
    INFO("reason: " << verdict.reason);
    CHECK(verdict.outcome != Outcome::kCorrect);
    CHECK(verdict.outcome != Outcome::kError);
  }
}

}  // namespace

TEST_CASE("family names are unique and well formed, domains known, sources given") {
  std::set<std::string> names;
  for (const Family& family : AllFamilies()) {
    INFO(family.name);
    CHECK(names.insert(family.name).second);
    CHECK(std::string(family.name).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string::npos);
    const std::string domain = family.domain;
    CHECK((domain == "math" || domain == "code" || domain == "logic"));
    CHECK(std::string(family.title).size() > 5);
    CHECK(std::string(family.source).size() > 5);
    CHECK(family.generate != nullptr);
    CHECK(family.prove != nullptr);
  }
}

TEST_CASE("every family writes well-formed, proven problems at every level", "[bulk]") {
  for (const Family& family : AllFamilies()) {
    for (int level = 1; level <= 10; ++level) {
      for (std::size_t index = 0; index < 3; ++index) {
        const auto draft = FirstDraft(family, index, level);
        INFO(family.name << " level " << level);
        REQUIRE(draft.has_value());
        INFO(Describe(family, level, *draft));
        CHECK_FALSE(draft->reference.empty());
        CHECK_FALSE(draft->format.empty());
        CHECK(draft->prompt.find(draft->format) != std::string::npos);
        CHECK_FALSE(draft->tags.empty());
        CHECK(draft->verifier.contains("kind"));
        CHECK(draft->prompt.size() < 12'000);
        const auto doubt = family.prove(*draft);
        if (doubt) FAIL_CHECK("proof: " << *doubt);
      }
    }
  }
}

TEST_CASE("verifiers accept the references and refuse slips, near misses and cheap answers",
          "[bulk]") {
  std::set<std::string> absent;
  for (const Family& family : AllFamilies()) {
    for (int level : {1, 4, 7, 10}) {
      const auto draft = FirstDraft(family, std::size_t(level), level);
      REQUIRE(draft.has_value());
      if (HasVerifier(*draft)) {
        CheckVerdicts(family, level, *draft);
      } else {
        absent.insert(draft->verifier.value("kind", std::string()));
      }
    }
  }
  for (const auto& kind : absent) FAIL_CHECK("no verifier of kind \"" << kind << "\" is built");
}

TEST_CASE("the same bytes come out on any number of threads") {
  std::vector<assay::Portion> portions;
  for (const Family& family : AllFamilies()) portions.push_back({&family, 1, 10, 20});
  const auto text = [&](std::size_t threads) {
    const auto made = assay::GenerateProblems(portions, {7, threads, nullptr});
    if (!made) FAIL(made.error().message);
    std::string all;
    for (const auto& one : *made) all += assay::DumpJson(ToJson(one.problem)) + "\n";
    return all;
  };
  const std::string single = text(1);
  CHECK(text(4) == single);
  CHECK(text(1) == single);
}

TEST_CASE("neighbouring seeds share next to nothing, and problems of a set are distinct",
          "[bulk]") {
  for (const Family& family : AllFamilies()) {
    INFO(family.name);
    const std::vector<assay::Portion> portions = {{&family, 5, 10, 30}};
    std::map<std::string, int> seen;
    for (std::uint64_t seed = 42; seed < 44; ++seed) {
      const auto made = assay::GenerateProblems(portions, {seed, 0, nullptr});
      if (!made) FAIL(made.error().message);
      for (const auto& one : *made) ++seen[assay::PromptHash(one.draft.prompt)];
    }
    // Small families meet the same instance by chance now and then; a shared stream would show
    // nearly all of them twice.
    CHECK(seen.size() >= 54);
  }
}

TEST_CASE("problems come in several wordings", "[bulk]") {
  for (const Family& family : AllFamilies()) {
    std::set<std::string> openings;
    for (std::size_t index = 0; index < 24; ++index) {
      const auto draft = FirstDraft(family, index, 5);
      if (draft) openings.insert(draft->prompt.substr(0, 12) + draft->format);
    }
    INFO(family.name);
    CHECK(openings.size() >= 4);
  }
}
