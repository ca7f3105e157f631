#include "tasks/benchmark.h"

#include <array>
#include <map>
#include <set>

#include "tasks/content_size.h"
#include "tasks/generators/registry.h"
#include "tasks/pack.h"
#include "tasks/proof.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

TEST_CASE("the mix has the promised number of problems in the promised domains") {
  std::map<std::string, std::size_t> count;
  std::size_t total = 0;
  for (const auto& portion : assay::BalancedMix()) {
    count[portion.family->domain] += portion.count;
    total += portion.count;
  }
  CHECK(total == assay::kBenchmarkProblems);
  CHECK(count["math"] >= 3'900);
  CHECK(count["code"] >= 2'900);
  CHECK(count["logic"] >= 2'900);
}

TEST_CASE("training problems keep to their families and levels and survive a round trip") {
  const auto suite = assay::MakeTraining({"sudoku", "gcd_lcm"}, 3, 5, 40, 9);
  if (!suite) FAIL(suite.error().message);
  CHECK(suite->problems.size() == 40);
  std::set<std::string> families;
  for (const auto& problem : suite->problems) {
    families.insert(problem.meta["family"].get<std::string>());
    CHECK((*problem.level >= 3 && *problem.level <= 5));
  }
  CHECK(families == std::set<std::string>{"gcd_lcm", "sudoku"});
  assay::TempDir dir;
  REQUIRE(assay::WritePack(*suite, dir.path() / "pack"));
  const auto loaded = assay::LoadPack(dir.path() / "pack");
  if (!loaded) FAIL(loaded.error().message);
  CHECK(loaded->sha256 == suite->sha256);
}

TEST_CASE("an unknown family brings a suggestion, and levels are checked") {
  CHECK(assay::MakeTraining({"sudoko"}, 1, 2, 1, 1).error().message.find("\"sudoku\"") !=
        std::string::npos);
  CHECK_FALSE(assay::MakeTraining({"sudoku"}, 0, 2, 1, 1));
  CHECK_FALSE(assay::MakeTraining({"sudoku"}, 5, 4, 1, 1));
}

TEST_CASE("training problems of a family never stand in the benchmark") {
  // A family with few instances at its lowest level, where chance alone would repeat some.
  const std::string name = "gcd_lcm";
  const auto training = assay::MakeTraining({name}, 1, 2, 60, assay::kPublicSeed);
  if (!training) FAIL(training.error().message);
  const auto hashes = assay::PublicPrompts({name});
  CHECK(hashes.size() > 10);
  for (const auto& problem : training->problems) {
    CHECK(hashes.count(assay::PromptHash(std::get<std::string>(problem.prompt))) == 0);
  }
}

TEST_CASE("proofs are run on request") {
  assay::Proof proof;
  const auto suite = assay::MakeTraining({"gcd_lcm", "sudoku"}, 1, 3, 20, 3, &proof);
  REQUIRE(suite);
  CHECK(proof.proven == 20);
  CHECK(proof.doubts.empty());
}

TEST_CASE("a doubt is found by the proof") {
  auto made = assay::GenerateProblems({{assay::FindFamily("gcd_lcm"), 5, 5, 2}}, {4});
  REQUIRE(made);
  (*made)[0].draft.reference = (*made)[0].problem.reference = "1234567";
  const auto proof = assay::ProveProblems(*made, 1);
  CHECK(proof.proven == 1);
  REQUIRE(proof.doubts.size() == 1);
  CHECK(proof.doubts[0].find((*made)[0].problem.id) == 0);
}

namespace {

// Nothing, with a word about it, while the suite is not frozen.
std::optional<assay::Suite> Frozen(std::size_t threads = 0) {
  auto suite = assay::MakeBenchmark(assay::kPublicSeed, threads);
  REQUIRE(suite.has_value() == assay::kBenchmarkComplete);
  if (suite) return std::move(*suite);
  CHECK(suite.error().code == assay::ErrorCode::kUnavailable);
  WARN("SKIPPED: " << suite.error().message);
  return std::nullopt;
}

}  // namespace

TEST_CASE("the size of a problem counts signs, digits and words, not wording") {
  CHECK(assay::ContentSize("How long is x + 12, in words?\n\nAnswer in 1 line.", "two words 7") ==
        1 + 1 + 2 + 1 + 1 + 3);
  CHECK(assay::ContentSize("", "…") == 1);
}

TEST_CASE("assay-10k and assay-mini are the same bytes for ever", "[bulk]") {
  const auto suite = Frozen();
  if (!suite) return;
  INFO("a family of the frozen suite changed what it writes: make it a new family instead");
  CHECK(suite->sha256 == assay::kBenchmarkSha256);
  CHECK(Frozen(1)->sha256 == assay::kBenchmarkSha256);
  CHECK(assay::MakeMini()->sha256 == assay::kMiniSha256);
}

TEST_CASE("assay-10k has 10,000 different problems, its levels are balanced, and mini is like it",
          "[bulk]") {
  const auto suite = Frozen();
  if (!suite) return;
  const auto mini = assay::MakeMini();
  REQUIRE(mini);
  CHECK(mini->problems.size() == assay::kMiniProblems);
  std::set<std::string> hashes;
  std::set<std::string> ids;
  std::map<int, int> levels;
  std::map<std::string, int> domains;
  std::map<std::string, int> families;
  for (const auto& problem : suite->problems) {
    hashes.insert(assay::PromptHash(std::get<std::string>(problem.prompt)));
    ids.insert(problem.id);
    ++levels[*problem.level];
    ++domains[problem.domain];
    ++families[problem.meta["family"].get<std::string>()];
  }
  CHECK(hashes.size() == assay::kBenchmarkProblems);
  CHECK(ids.size() == assay::kBenchmarkProblems);
  CHECK(families.size() >= 120);
  for (const auto& [level, count] : levels) CHECK(count == 1000);
  CHECK((domains["math"] == 4000 && domains["code"] == 3000 && domains["logic"] == 3000));
  std::map<int, int> mini_levels;
  std::map<std::string, int> mini_families;
  for (const auto& problem : mini->problems) {
    CHECK(ids.count(problem.id) == 1);
    ++mini_levels[*problem.level];
    ++mini_families[problem.meta["family"].get<std::string>()];
  }
  CHECK(mini_families.size() == families.size());
  for (const auto& [level, count] : mini_levels) CHECK(count == 50);
}

TEST_CASE("problems of assay-10k grow from level to level, and nearly every family does",
          "[bulk]") {
  const auto suite = Frozen();
  if (!suite) return;
  struct Sum {
    double size = 0;
    double count = 0;
    double mean() const { return size / count; }
  };
  std::map<std::string, std::map<int, Sum>> domains;
  std::map<std::string, std::array<Sum, 2>> families;  // levels 1 to 3, levels 8 to 10
  for (const auto& problem : suite->problems) {
    const auto size =
        double(assay::ContentSize(std::get<std::string>(problem.prompt), problem.reference));
    const auto add = [&](Sum& sum) { sum.size += size, ++sum.count; };
    add(domains[problem.domain][*problem.level]);
    auto& ends = families[problem.meta["family"].get<std::string>()];
    if (*problem.level <= 3) add(ends[0]);
    if (*problem.level >= 8) add(ends[1]);
  }
  for (const auto& [domain, levels] : domains) {
    for (int level = 2; level <= 10; ++level) {
      INFO(domain << " level " << level);
      CHECK(levels.at(level).mean() > levels.at(level - 1).mean());
    }
  }
  std::set<std::string> alike;
  for (const auto& [family, ends] : families) {
    if (ends[1].mean() < 1.03 * ends[0].mean()) alike.insert(family);
  }
  // Harder by other means: bases that are not powers of each other, rules that hide the answer's
  // form, steps that must be found.
  const std::set<std::string> known = {"base_conversion", "interval_report", "linear_optimum",
                                       "pattern_induction"};
  CHECK(alike == known);
}

TEST_CASE("a private split has the same mix and shares no problem with the public one", "[bulk]") {
  const auto open = Frozen();
  if (!open) return;
  const auto closed = assay::MakeBenchmark(12345);
  if (!closed) FAIL(closed.error().message);
  std::set<std::string> hashes;
  for (const auto* suite : {&*open, &*closed}) {
    for (const auto& problem : suite->problems) {
      hashes.insert(assay::PromptHash(std::get<std::string>(problem.prompt)));
    }
  }
  CHECK(hashes.size() == 2 * assay::kBenchmarkProblems);
}
