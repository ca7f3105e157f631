// Programs that try to pass without solving anything, with the outcome each must have: under
// check(candidate), under assertions, and whichever came before on the same judge.
#include "base/thread_pool.h"
#include "tests/support/catch.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kBudget{5000};

std::vector<Json> ReadCheats() {
  std::vector<Json> cheats;
  const auto read = ForEachJsonLine(
      std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "cases" / "code" / "cheats.jsonl",
      [&](std::size_t, Result<Json> line) {
        REQUIRE(line.has_value());
        cheats.push_back(std::move(*line));
        return true;
      });
  REQUIRE(read.has_value());
  return cheats;
}

std::unique_ptr<const Verifier> Make(Json spec) {
  spec["kind"] = "code";
  spec["profile"] = "raw";
  spec["cpu_ms"] = 500;
  spec["wall_ms"] = 3000;
  spec["memory_mb"] = 256;
  auto made = MakeVerifier(spec, {});
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

void CheckCheats(const Json& spec) {
  const auto verifier = Make(spec);
  const auto cheats = ReadCheats();
  REQUIRE(cheats.size() >= 60);
  std::vector<Verdict> verdicts(cheats.size());
  ParallelFor(cheats.size(), 2, [&](std::size_t i) {
    verdicts[i] = verifier->Check(cheats[i]["program"].get<std::string>(), kBudget);
  });
  for (std::size_t i = 0; i < cheats.size(); ++i) {
    INFO(cheats[i]["name"] << ": " << verdicts[i].reason);
    CHECK(ToString(verdicts[i].outcome) == cheats[i]["outcome"].get<std::string>());
  }
}

TEST_CASE("no cheat passes check(candidate)") {
  CheckCheats({{"entry_point", "f"},
               {"test",
                "def check(candidate):\n    assert candidate(1) == 2\n"
                "    assert candidate(41) == 42\n"
                "    assert abs(candidate(10**20) - 10**20 - 1) == 0\n"}});
}

TEST_CASE("no cheat passes a list of assertions") {
  CheckCheats(
      {{"tests", {"assert f(1) == 2", "assert f(41) == 42", "assert f(10**20) == 10**20 + 1"}}});
}

TEST_CASE("tests that test nothing are an error") {
  const std::string right = "def f(a):\n    return a + 1\n";
  const auto outcome = [&](const Json& spec) { return Make(spec)->Check(right, kBudget); };
  CHECK(outcome({{"entry_point", "f"}, {"test", "def check(candidate):\n    pass\n"}}).outcome ==
        Outcome::kError);
  CHECK(outcome({{"entry_point", "f"}, {"test", "x = 1\n"}}).outcome == Outcome::kError);
  CHECK(outcome({{"entry_point", "f"}, {"test", "def check(candidate:\n"}}).outcome ==
        Outcome::kError);
  const auto broken =
      outcome({{"entry_point", "f"}, {"test", "import nowhere\nassert f(1) == 2\n"}});
  CHECK(broken.outcome == Outcome::kError);
  CHECK_FALSE(broken.reward.has_value());
  for (const Json& spec :
       {Json{{"kind", "code"}, {"test", ""}}, Json{{"kind", "code"}, {"tests", Json::array()}},
        Json{{"kind", "code"}, {"protocol", "stdio"}, {"tests", Json::array()}},
        Json{{"kind", "code"}, {"test", "assert f(1)"}, {"profile", "nonsense"}},
        Json{{"kind", "code"}, {"test", "assert f(1)"}, {"tst", 1}}}) {
    CHECK_FALSE(MakeVerifier(spec, {}).has_value());
  }
}

TEST_CASE("tests that pass functions run with lower trust, which the reason says") {
  const Json spec = {{"entry_point", "f"}, {"test", "assert f(lambda x: x + 1) == 3"}};
  const auto verdict = Make(spec)->Check("def f(g):\n    return g(2)\n", kBudget);
  CHECK(verdict.outcome == Outcome::kCorrect);
  CHECK(verdict.reason.rfind("lower trust", 0) == 0);
  Json isolated = spec;
  isolated["trust"] = "isolated";
  CHECK(Make(isolated)->Check("def f(g):\n    return g(2)\n", kBudget).outcome == Outcome::kError);
}

// A reply that a test passes on could be nested so deeply that the next call cannot be encoded:
// that must not move the tests into the candidate's process.
TEST_CASE("no reply makes the tests run with lower trust") {
  const Json spec = {{"tests", {"assert f(f([1])) == [[[1]]]"}}};
  for (const int depth : {50, 100, 150, 155, 160, 170, 190, 197, 198, 199, 200, 300}) {
    const std::string program = "def f(a):\n    for _ in range(" + std::to_string(depth) +
                                "):\n        a = [a]\n    return a\n";
    const auto verdict = Make(spec)->Check(program, kBudget);
    INFO(depth << ": " << verdict.reason);
    CHECK(verdict.outcome == Outcome::kWrong);
    CHECK(verdict.reason.find("lower trust") == std::string::npos);
  }
}

TEST_CASE("an exception cannot end a test's iteration") {
  const Json spec = {{"tests",
                      {"assert all(map(lambda x: f(x) == x + 1, [1, 2, 3]))",
                       "assert list(map(lambda x: f(x), [1, 2])) == [2, 3]"}}};
  CHECK(Make(spec)->Check("def f(a):\n    return a + 1\n", kBudget).outcome == Outcome::kCorrect);
  CHECK(Make(spec)->Check("def f(a):\n    raise StopIteration\n", kBudget).outcome ==
        Outcome::kWrong);
}

TEST_CASE("answers that depend on the order of a set are found with a second seed") {
  const std::string lucky = "def f(a):\n    return list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})\n";
  const std::string sorted = "def f(a):\n    return sorted({'a', 'b', 'c'})\n";
  const auto order = Make({{"tests", {"assert f(1) == list(set('abcdefg'))"}}});
  CHECK(order->Check(lucky, kBudget).outcome == Outcome::kWrong);  // "a", … against one string's
  Json spec = {{"tests", {"assert f(1)[0] == 'a' or len(f(1)) == 7"}}, {"second_seed", true}};
  CHECK(Make(spec)->Check(sorted, kBudget).outcome == Outcome::kCorrect);
  spec = {{"protocol", "stdio"},
          {"second_seed", true},
          {"tests", {{{"stdin", ""}, {"stdout", "a b c\n"}}}}};
  CHECK(Make(spec)->Check("print(*sorted({'a', 'b', 'c'}))", kBudget).outcome == Outcome::kCorrect);
}

// Programs against the stdin/stdout protocol: the sum of two numbers, two tests.
TEST_CASE("no cheat passes the stdio protocol") {
  std::size_t count = 0;
  const auto read = ForEachJsonLine(
      std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "cases" / "code" / "stdio_cheats.jsonl",
      [&](std::size_t, Result<Json> line) {
        REQUIRE(line.has_value());
        ++count;
        Json spec = {{"protocol", "stdio"},
                     {"language", line->value("language", "python")},
                     {"tests",
                      {{{"stdin", "1 2\n"}, {"stdout", "3\n"}},
                       {{"stdin", "20 22\n"}, {"stdout", "42\n"}}}}};
        if (line->contains("checker")) spec["checker"] = (*line)["checker"];
        const Verdict verdict = Make(spec)->Check((*line)["program"].get<std::string>(), kBudget);
        INFO((*line)["name"] << ": " << verdict.reason);
        CHECK(ToString(verdict.outcome) == (*line)["outcome"].get<std::string>());
        return true;
      });
  REQUIRE(read.has_value());
  CHECK(count >= 25);
}

TEST_CASE("a failing test is shown, and credit is partial only where asked for") {
  const Json tests = {"assert f(1) == 2", "assert f(2) == 3", "assert f(5) == 5"};
  const std::string program = "def f(a):\n    return a + 1\n";
  const auto whole = Make({{"tests", tests}})->Check(program, kBudget);
  CHECK(whole.reward == 0.0);
  CHECK(whole.reason == "f(5) gave 6; assert f(5) == 5");
  const auto partial = Make({{"tests", tests}, {"partial", true}})->Check(program, kBudget);
  CHECK(partial.outcome == Outcome::kWrong);
  CHECK(partial.reward == Approx(2.0 / 3));
}

}  // namespace
}  // namespace assay
