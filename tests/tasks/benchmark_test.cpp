#include "tasks/benchmark.h"

#include <map>
#include <set>

#include "tasks/pack.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

TEST_CASE("the mix has the promised number of problems in the promised domains") {
  std::map<std::string, std::size_t> count;
  std::size_t total = 0;
  for (const auto& portion : assay::BenchmarkMix()) {
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

TEST_CASE("the benchmark has 10,000 different problems and a private split shares none", "[slow]") {
  const auto open = assay::MakeBenchmark();
  REQUIRE(open.has_value() == assay::kBenchmarkComplete);
  if (!assay::kBenchmarkComplete) {
    WARN("SKIPPED: " << open.error().message);
    return;
  }
  if (!open) FAIL(open.error().message);
  CHECK(open->problems.size() == assay::kBenchmarkProblems);
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
