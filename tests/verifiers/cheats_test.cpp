// Programs that try to pass without solving anything, with the outcome each must have: under
// check(candidate), under assertions, and whichever came before on the same judge.
#include "base/thread_pool.h"
#include "tests/support/catch.h"
#include "tests/support/pace.h"
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
  spec["cpu_ms"] = 500 * kPace;
  spec["wall_ms"] = 3000 * kPace;
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

TEST_CASE("an exception cannot end the iteration of a test that is given the function") {
  const std::string tests = "for got, want in zip(map(f, [1, 2]), [2, 3]):\n    assert got == want";
  const Json specs[] = {{{"tests", {tests}}},  // f is no entry point: only one process can do this
                        {{"tests", {tests}}, {"entry_point", "f"}, {"trust", "in-process"}},
                        {{"tests", {tests}}, {"entry_point", "f"}, {"trust", "isolated"}}};
  for (const Json& spec : specs) {
    const auto verifier = Make(spec);
    const auto right = verifier->Check("def f(a):\n    return a + 1\n", kBudget);
    INFO(right.reason);
    CHECK(right.outcome == Outcome::kCorrect);
    CHECK(right.reason.starts_with("lower trust") == (spec.value("trust", "") != "isolated"));
    for (const char* raised :
         {"StopIteration", "StopAsyncIteration", "GeneratorExit", "SystemExit", "KeyboardInterrupt",
          "type('End', (StopIteration,), {})", "type('Own', (BaseException,), {})"}) {
      const auto verdict =
          verifier->Check("def f(a):\n    raise " + std::string(raised) + "\n", kBudget);
      INFO(raised << ": " << verdict.reason);
      CHECK(verdict.outcome == Outcome::kWrong);
    }
  }
}

TEST_CASE("answers that depend on the order of a set are found with a second seed") {
  const std::string program = "def f(a):\n    return ''.join(set('abcdefghij'))\n";
  // The order under the first seed differs between versions of Python: let the program tell it.
  const std::string told = Make({{"tests", {"assert f(1) == ''"}}})->Check(program, kBudget).reason;
  const auto at = told.find("gave '");
  REQUIRE(at != std::string::npos);
  const std::string order = told.substr(at + 6, 10);
  Json spec = {{"tests", {"assert f(1) == '" + order + "'"}}};
  CHECK(Make(spec)->Check(program, kBudget).outcome == Outcome::kCorrect);
  spec["second_seed"] = true;
  const auto found = Make(spec)->Check(program, kBudget);
  INFO(order << ": " << found.reason);
  CHECK(found.outcome == Outcome::kWrong);
  CHECK(found.reason.starts_with("it depends on the order of a set"));
  const std::string sorted = "def f(a):\n    return '" + order + "'\n";
  CHECK(Make(spec)->Check(sorted, kBudget).outcome == Outcome::kCorrect);
  spec = {{"protocol", "stdio"}, {"tests", {{{"stdin", ""}, {"stdout", order + "\n"}}}}};
  const std::string printing = "print(''.join(set('abcdefghij')))";
  CHECK(Make(spec)->Check(printing, kBudget).outcome == Outcome::kCorrect);
  spec["second_seed"] = true;
  CHECK(Make(spec)->Check(printing, kBudget).outcome == Outcome::kWrong);
  CHECK(Make(spec)->Check("print('" + order + "')", kBudget).outcome == Outcome::kCorrect);
}

// A reply is decoded into plain values, which compare as Python's do and as nothing else.
TEST_CASE("replies cannot forge equality") {
  struct Case {
    const char* test;
    const char* body;
    Outcome outcome;
  };
  const Case cases[] = {
      {"assert f(1) == float('nan')", "return float('nan')", Outcome::kWrong},
      {"assert f(1) == 1.5", "return float('nan')", Outcome::kWrong},
      {"assert not f(1) != f(1)", "return float('nan')", Outcome::kWrong},
      {"assert f(1) is True", "return 1", Outcome::kWrong},
      {"assert f(1) is True", "return True", Outcome::kCorrect},
      {"assert f(1) == 1", "return 1.0", Outcome::kCorrect},  // as Python has it
      {"assert type(f(1)) is int and f(1) == 1", "return 1.0", Outcome::kWrong},
      {"assert type(f(1)) is int and f(1) == 1", "return True", Outcome::kWrong},
      {"assert f(1) == [1]", "return (1,)", Outcome::kWrong},
      {"assert f(1) == {1}", "return frozenset({1})", Outcome::kCorrect},
      {"assert f(1) == {1: 'a'}", "return {True: 'a'}", Outcome::kCorrect},
      {"assert f(1) == {1: 'a'}", "return {'1': 'a'}", Outcome::kWrong},
      {"assert f(1) == 10**5000", "return 10**5000", Outcome::kCorrect},
      {"assert f(1) == 10**5000", "return 10**5000 + 1", Outcome::kWrong},
      {"assert f(1) == 2.0**1023", "return 10**400", Outcome::kWrong},
      {"assert f(1) == 'a'", "return '\\ud800'", Outcome::kWrong},
      {"assert f(1) == '\\ud800'", "return '\\ud800'", Outcome::kCorrect},
      {"assert f(1) == 2, f(1)", "return 'half \\ud800'", Outcome::kWrong},
      {"assert f(1) == 2", "raise ValueError('half \\ud800')", Outcome::kWrong},
      {"assert f(1) == 2", "x = []; x.append(x); return x", Outcome::kWrong},
      {"assert f(1) == 2", "return {n * (2**61 - 1) for n in range(2000)}", Outcome::kWrong},
      {"assert f(1) == 2", "return {n * (2**61 - 1): 0 for n in range(2000)}", Outcome::kWrong},
      {"assert len(f(1)) == 5000", "return set(range(5000))", Outcome::kCorrect},
  };
  for (const Case& one : cases) {
    const auto verdict = Make({{"tests", {one.test}}})
                             ->Check("def f(a):\n    " + std::string(one.body) + "\n", kBudget);
    INFO(one.test << " / " << one.body << ": " << verdict.reason);
    CHECK(verdict.outcome == one.outcome);
    CHECK_FALSE(verdict.reason.starts_with("lower trust"));
  }
}

// The candidate writes the frame's bytes itself, on the socket that it shares with the judge.
TEST_CASE("frames written by hand give plain values or nothing") {
  const char* const bodies[] = {R"({"d": [[1, 2], [1, 3], [1, 42]]})",  // the last one counts
                                R"({"i": "0x2a"})"};
  const char* const refused[] = {R"({"i": 42})",
                                 R"({"q": [42]})",
                                 R"({"f": "42"})",
                                 R"(NaN)",
                                 R"({"c": [42, 0]})",
                                 R"({"s": [[42]]})",
                                 R"({"d": [[42]]})",
                                 R"({"t": 42})",
                                 R"({"d": {"a": 1}})",
                                 R"({"b": "4"})",
                                 R"(42 42)",
                                 R"({"i": "42", "i": "42"})",
                                 R"({"d": [[{"d": []}, 1]]})"};
  const auto program = [](const std::string& body) {
    return "import os, struct\ndef f(a):\n    import sys\n    frame = sys._getframe(1).f_locals\n"
           "    body = rb'''" +
           body +
           "'''\n    os.write(3, struct.pack('<I16sIc', len(body), frame['nonce'], "
           "frame['counter'], b'R') + body)\n    os._exit(0)\n";
  };
  const auto verifier =
      Make({{"tests", {"x = f(1)\nassert (x[1] if type(x) is dict else x) == 42"}}});
  for (const char* body : bodies) {
    const auto verdict = verifier->Check(program(body), kBudget);
    INFO(body << ": " << verdict.reason);
    CHECK(verdict.outcome == Outcome::kCorrect);
  }
  for (const char* body : refused) {
    const auto verdict = verifier->Check(program(body), kBudget);
    INFO(body << ": " << verdict.reason);
    CHECK(verdict.outcome == Outcome::kWrong);
    CHECK(verdict.reason.find("malformed") != std::string::npos);
  }
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
  Json many = Json::array();
  for (int n = 0; n < 8; ++n) many.push_back("assert f(" + std::to_string(n) + ") == 0");
  const auto all = Make({{"tests", many}})->Check(program, kBudget);
  for (int n = 0; n < 5; ++n) {
    CHECK(all.reason.find("f(" + std::to_string(n) + ") gave " + std::to_string(n + 1)) !=
          std::string::npos);
  }
  CHECK(all.reason.ends_with("and 3 more"));
  Json written = Json::array();
  for (int n = 0; n < 8; ++n) {
    written.push_back({{"stdin", std::to_string(n) + "\n"}, {"stdout", n == 1 ? "1" : "9"}});
  }
  const auto echo =
      Make({{"protocol", "stdio"}, {"tests", written}})->Check("print(input())", kBudget);
  INFO(echo.reason);
  for (const char* test : {"test 1: ", "test 3: ", "test 6: "})
    CHECK(echo.reason.find(test) != std::string::npos);
  CHECK(echo.reason.find("test 2: ") == std::string::npos);
  CHECK(echo.reason.ends_with("2 more tests not run"));
  const auto partial = Make({{"tests", tests}, {"partial", true}})->Check(program, kBudget);
  CHECK(partial.outcome == Outcome::kWrong);
  CHECK(partial.reward == Approx(2.0 / 3));
}

}  // namespace
}  // namespace assay
