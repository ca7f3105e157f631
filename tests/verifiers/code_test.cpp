// The code verifier in the sandbox. Public suites and recorded outputs are used where present.
#include <atomic>
#include <cstdlib>
#include <map>
#include <thread>

#include "base/files.h"
#include "base/thread_pool.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"
#include "verifiers/code/code_verifier.h"
#include "verifiers/code/shared_sandbox.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kBudget{20'000};

std::unique_ptr<const Verifier> Make(const Json& spec, const std::string& reference = "") {
  auto made = MakeVerifier(spec, {reference, Json(), {}});
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

std::vector<Json> Lines(const std::filesystem::path& path) {
  std::vector<Json> lines;
  const auto read = ForEachJsonLine(path, [&](std::size_t, Result<Json> line) {
    REQUIRE(line.has_value());
    lines.push_back(std::move(*line));
    return true;
  });
  REQUIRE(read.has_value());
  return lines;
}

Json HumanEvalSpec(const Json& problem, const std::string& profile) {
  return {{"kind", "code"},
          {"prompt", problem["prompt"]},
          {"test", problem["test"]},
          {"entry_point", problem["entry_point"]},
          {"profile", profile}};
}

// Judges `count` responses on all cores; returns the verdicts.
std::vector<Verdict> JudgeAll(std::size_t count,
                              const std::function<Verdict(std::size_t)>& judge_one) {
  std::vector<Verdict> verdicts(count);
  ParallelFor(count, UsableThreads(), [&](std::size_t i) { verdicts[i] = judge_one(i); });
  return verdicts;
}

TEST_CASE("every HumanEval reference passes isolated") {
  const auto path = SharedData("data/humaneval/HumanEval.jsonl");
  if (!path) return;
  const auto problems = Lines(*path);
  const auto verdicts = JudgeAll(problems.size(), [&](std::size_t i) {
    const Json& problem = problems[i];
    return Make(HumanEvalSpec(problem, "continuation"))
        ->Check(problem["canonical_solution"].get<std::string>(), kBudget);
  });
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    INFO(problems[i]["task_id"] << ": " << verdicts[i].reason);
    CHECK(verdicts[i].outcome == Outcome::kCorrect);
    CHECK(verdicts[i].reason.find("lower trust") == std::string::npos);
  }
}

TEST_CASE("every MBPP reference passes, five of them with lower trust") {
  const auto path = SharedData("data/mbpp/mbpp.jsonl");
  if (!path) return;
  const auto problems = Lines(*path);
  const auto verdicts = JudgeAll(problems.size(), [&](std::size_t i) {
    const Json& problem = problems[i];
    return Make({{"kind", "code"},
                 {"profile", "raw"},
                 {"setup", problem["test_setup_code"]},
                 {"tests", problem["test_list"]}})
        ->Check(problem["code"].get<std::string>(), kBudget);
  });
  int lower = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    INFO(problems[i]["task_id"] << ": " << verdicts[i].reason);
    CHECK(verdicts[i].outcome == Outcome::kCorrect);
    lower += verdicts[i].reason.find("lower trust") != std::string::npos ? 1 : 0;
  }
  CHECK(lower == 5);
}

TEST_CASE("recorded HumanEval samples get EvalPlus' base verdicts", "[slow]") {
  const auto samples_path = SharedData("data/outputs/qwen25coder_1.5b_humaneval_samples.jsonl");
  const auto problems_path = SharedData("data/humaneval/HumanEval.jsonl");
  const auto results_path = SharedData("data/outputs/qwen25coder_1.5b_humaneval_evalplus.json");
  if (!samples_path || !problems_path || !results_path) return;
  const auto samples = Lines(*samples_path);
  std::map<std::string, Json> problems;
  for (const Json& problem : Lines(*problems_path)) problems[problem["task_id"]] = problem;
  const auto verdicts = JudgeAll(samples.size(), [&](std::size_t i) {
    return Make(HumanEvalSpec(problems[samples[i]["task_id"]], "evalplus"))
        ->Check(samples[i]["completion"].get<std::string>(), kBudget);
  });
  const auto results = ReadJsonFile(*results_path);
  REQUIRE(results.has_value());
  int passed = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::string id = samples[i]["task_id"];
    const bool theirs = (*results)["eval"][id][0]["base_status"] == "pass";
    INFO(id << ": " << verdicts[i].reason);
    CHECK((verdicts[i].outcome == Outcome::kCorrect) == theirs);
    passed += verdicts[i].outcome == Outcome::kCorrect ? 1 : 0;
  }
  CHECK(passed == 72);
}

TEST_CASE("recorded chat replies score what each extractor's rules give", "[slow]") {
  const auto replies_path = SharedData("data/outputs/llama3_8b_instruct_humaneval_chat.jsonl");
  const auto problems_path = SharedData("data/humaneval/HumanEval.jsonl");
  if (!replies_path || !problems_path) return;
  const auto replies = Lines(*replies_path);
  const auto problems = Lines(*problems_path);
  // Percentages as published: 61.0, 62.2, 62.2, 0, 0 of 164.
  const std::vector<std::pair<std::string, int>> expected = {
      {"simple-evals", 100}, {"first", 102}, {"last", 102}, {"lm-eval", 0}, {"bigcode", 0}};
  for (const auto& [profile, passes] : expected) {
    const auto verdicts = JudgeAll(replies.size(), [&, name = profile](std::size_t i) {
      return Make(HumanEvalSpec(problems[i], name))
          ->Check(replies[i]["generation"].get<std::string>(), kBudget);
    });
    int passed = 0;
    for (const Verdict& verdict : verdicts) passed += verdict.outcome == Outcome::kCorrect ? 1 : 0;
    INFO(profile);
    CHECK(passed == passes);
  }
}

// ASSAY_FLIP_RUNS shortens it.
TEST_CASE("no verdict flips in 3 x 1,000 runs beside a busy core", "[slow]") {
  const char* wanted = std::getenv("ASSAY_FLIP_RUNS");
  const int runs = wanted != nullptr ? std::atoi(wanted) : 1000;
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) {
    }
  });
  const auto verifier = Make({{"kind", "code"},
                              {"profile", "raw"},
                              {"cpu_ms", 100},
                              {"wall_ms", 60'000},
                              {"tests", {"assert f(1) == 2", "assert f(41) == 42"}}});
  const std::vector<std::pair<std::string, Outcome>> programs = {
      {"def f(a):\n    return a + 1\n", Outcome::kCorrect},
      {"def f(a):\n    return 2\n", Outcome::kWrong},
      {"def f(a):\n    while True: pass\n", Outcome::kLimit}};
  for (const auto& [program, outcome] : programs) {
    int flips = 0;
    for (int run = 0; run < runs; ++run)
      flips += verifier->Check(program, kBudget).outcome == outcome ? 0 : 1;
    INFO(program);
    CHECK(flips == 0);
  }
  stop = true;
  busy.join();
}

TEST_CASE("a function named check is judged by the tests' own check") {
  const auto verifier = Make({{"kind", "code"},
                              {"entry_point", "check"},
                              {"test", "def check(candidate):\n    assert candidate(1) == 2\n"}});
  CHECK(verifier->Check("```python\ndef check(n):\n    return n + 1\n```", kBudget).outcome ==
        Outcome::kCorrect);
  CHECK(verifier->Check("```python\ndef check(n):\n    return n\n```", kBudget).outcome ==
        Outcome::kWrong);
}

TEST_CASE("programs are judged by what they write") {
  const Json sum = {
      {"kind", "code"},
      {"protocol", "stdio"},
      {"tests",
       {{{"stdin", "1 2\n"}, {"stdout", "3\n"}}, {{"stdin", "5 6\n"}, {"stdout", "11\n"}}}}};
  const auto python = Make(sum);
  CHECK(python->Check("```python\nprint(sum(map(int, input().split())))\n```", kBudget).outcome ==
        Outcome::kCorrect);
  CHECK(python->Check("```python\nprint(3)\n```", kBudget).outcome == Outcome::kWrong);
  CHECK(python->Check("```python\nimport sys; sys.exit(0)\n```", kBudget).outcome ==
        Outcome::kWrong);
  Json partial = sum;
  partial["partial"] = true;
  const auto half = Make(partial)->Check("```python\nprint(3)\n```", kBudget);
  CHECK(half.outcome == Outcome::kWrong);
  CHECK(half.reward == 0.5);
  Json cpp = sum;
  cpp["language"] = "cpp";
  CHECK(Make(cpp)
            ->Check("```cpp\n#include <iostream>\nint main() { int a, b; std::cin >> a >> b; "
                    "std::cout << a + b; }\n```",
                    kBudget)
            .outcome == Outcome::kCorrect);
  CHECK(Make(cpp)->Check("```cpp\nint main( {\n```", kBudget).outcome == Outcome::kWrong);
  Json slow = sum;
  slow["cpu_ms"] = 300;
  CHECK(Make(slow)->Check("```python\nwhile True: pass\n```", kBudget).outcome == Outcome::kLimit);
}

TEST_CASE("predicted outputs are compared as literals") {
  const auto verifier = Make({{"kind", "code"}, {"protocol", "output"}}, "[1, (2, 'a')]");
  CHECK(verifier->Check("[ANSWER][1, (2, \"a\")][/ANSWER]", kBudget).outcome == Outcome::kCorrect);
  CHECK(verifier->Check("[ANSWER][1, [2, \"a\"]][/ANSWER]", kBudget).outcome == Outcome::kWrong);
  CHECK(verifier->Check("The answer is `[1, (2, 'a')]`", kBudget).outcome == Outcome::kCorrect);
  CHECK(verifier->Check("[ANSWER]__import__('os')[/ANSWER]", kBudget).outcome == Outcome::kWrong);
}

}  // namespace
}  // namespace assay
