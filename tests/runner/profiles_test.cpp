#include "runner/profiles.h"

#include <ctime>
#include <fstream>

#include "runner/profiles/shots.h"
#include "tasks/manifest.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using namespace assay;

namespace {

Outcome Judge(const std::string& profile, const std::string& response,
              const std::string& reference) {
  Problem problem;
  problem.id = "p";
  problem.prompt = "?";
  problem.reference = reference;
  const auto verifier = MakeProfileVerifier(profile, problem);
  REQUIRE(verifier);
  return (*verifier)->Check(response, std::chrono::seconds(1)).outcome;
}

struct Row {
  const char* response;
  const char* reference;
  const char*
      passes;  // s strict, f flexible, c cot, o OpenCompass, h HELM, m simple-evals, g GSM8K
};

}  // namespace

TEST_CASE("profiles part where the harnesses do") {
  static constexpr Row kRows[] = {
      {"so 18\n#### 18", "18", "sfohg"},
      {"The answer is 18.", "18", "fcoh"},
      {"The answer is 18 apples", "18", "fcoh"},  // any character may follow the number
      {"The answer is 18", "18", "foh"},          // one must: "1" is what is read
      {"A: 18", "18", "fohg"},
      {"Answer: 18.0", "18", "om"},
      {"it is $18.00", "18", "o"},           // text of "18.00" is not "18"
      {"it is $\\boxed{18}$.", "18", "oh"},  // the last run of "$0-9.," is "$."
      {"18, in total,", "18", "fo"},         // HELM reads the lone comma
      {"#### 1,000", "1000", "sfhg"},        // commas part numbers
      {"The answer is 1,000.", "1,000", "fch"},
      {"18 ... done", "18", "oh"},
      {"18 (checked in 2 ways)", "18", ""},
      {"17 18", "18", "fo"},  // HELM reads "17 18": any character may stand before decimals
      {"#### 17\n#### 18", "18", "foh"},  // strict takes the first
      {"#### 18\nQuestion: 5?\n#### 5", "18", "sog"},
      {"no number", "18", ""},
      {"-5", "-5", "foh"}};
  static constexpr std::pair<char, const char*> kProfiles[] = {
      {'s', "lm-eval-gsm8k-strict"}, {'f', "lm-eval-gsm8k-flexible"},
      {'c', "lm-eval-gsm8k-cot"},    {'o', "opencompass-gsm8k"},
      {'h', "helm-gsm8k"},           {'m', "simple-evals-mgsm"},
      {'g', "grade-school-math"}};
  for (const Row& row : kRows) {
    for (const auto& [letter, profile] : kProfiles) {
      INFO(profile << ": " << row.response);
      const bool expected = std::string(row.passes).find(letter) != std::string::npos;
      CHECK((Judge(profile, row.response, row.reference) == Outcome::kCorrect) == expected);
    }
  }
}

TEST_CASE("profiles of MATH part where the harnesses do") {
  struct MathRow {
    const char* response;
    const char* reference;
    const char* passes;  // h lm-eval hendrycks, m lm-eval minerva, s simple-evals, b box
  };
  static constexpr MathRow kRows[] = {
      {"so $\\frac{1}{2}$", "\\frac{1}{2}", "hb"},
      {"thus \\boxed{\\frac12}", "\\frac{1}{2}", "b"},  // lm-eval looks for no box
      {"\\frac{1}{2}", "\\frac{1}{2}", "hb"},
      // simple-evals takes all behind "Answer:" for the answer, and its judge finds it there
      {"Final Answer: The final answer is $\\frac12$. I hope it is correct.", "\\frac{1}{2}",
       "hmsb"},
      {"Final Answer: The final answer is $\\frac12$. ", "\\frac{1}{2}", "hmsb"},
      {"Final Answer: The final answer is $2$ or so", "2", "hsb"},
      {"Answer: 0.5", "\\frac{1}{2}", "s"},
      {"the ANSWER : 3\nAnswer: 4", "3", "s"}};
  static constexpr std::pair<char, const char*> kProfiles[] = {{'h', "lm-eval-hendrycks-math"},
                                                               {'m', "lm-eval-minerva-math"},
                                                               {'s', "simple-evals-math"},
                                                               {'b', "hendrycks-math"}};
  for (const MathRow& row : kRows) {
    for (const auto& [letter, profile] : kProfiles) {
      INFO(profile << ": " << row.response);
      const bool expected = std::string(row.passes).find(letter) != std::string::npos;
      CHECK((Judge(profile, row.response, row.reference) == Outcome::kCorrect) == expected);
    }
  }
}

TEST_CASE("a profile refuses problems of another sort, and one without a prompt asks nothing") {
  Problem code;
  code.id = "p";
  code.prompt = "def f(): pass";
  code.verifier = {{"kind", "code"}, {"entry_point", "f"}, {"test", "assert f() is None"}};
  CHECK(MakeProfileVerifier("livecodebench", code));
  const auto numbers = MakeProfileVerifier("helm-gsm8k", code);
  REQUIRE_FALSE(numbers);
  CHECK(numbers.error().message.find("judges number problems") != std::string::npos);
  Problem number;
  number.reference = "5";
  CHECK_FALSE(MakeProfileVerifier("livecodebench", number));
  Suite suite;
  suite.problems = {number};
  int shots = 0;
  CHECK(ApplyProfilePrompt("prm800k", suite, shots).error().code == ErrorCode::kUsage);
  CHECK(ApplyProfilePrompt("lm-eval-gsm8k-strikt", suite, shots).error().code == ErrorCode::kUsage);
  REQUIRE(ApplyProfilePrompt("lm-eval-gsm8k-strict", suite, shots));
  CHECK(shots == 5);
  CHECK(suite.style == PromptStyle::kCompletion);
  CHECK(suite.sampling.stop.front() == "Question:");
  CHECK(suite.sampling.max_tokens == 256);
  CHECK(suite.few_shot.size() == 5);
}

TEST_CASE("any bytes are judged, in bounded time") {
  std::string hostile(200'000, 'x');
  for (std::size_t i = 0; i + 40 < hostile.size(); i += 40) {
    hostile.replace(i, 37, "Final Answer: The final answer is 1. ");
  }
  const std::clock_t begin = std::clock();  // of the processor: machines may be busy
  for (const ProfileInfo& info : Profiles()) {
    if (info.judges != "number problems" && info.judges != "math problems") continue;
    for (const std::string& text : {hostile, std::string("\xff\x00 18 \xc3", 6), std::string()}) {
      INFO(info.name);
      CHECK(Judge(info.name, text, "18") != Outcome::kError);
    }
  }
  CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 60);
}

TEST_CASE("an unknown profile is refused with the nearest known one") {
  Problem problem;
  problem.prompt = "?";
  const auto verifier = MakeProfileVerifier("lm-eval-gsm8k-strikt", problem);
  REQUIRE_FALSE(verifier);
  CHECK(verifier.error().code == ErrorCode::kUsage);
  CHECK(verifier.error().message.find("did you mean \"lm-eval-gsm8k-strict\"") !=
        std::string::npos);
}

TEST_CASE("profiles that share programs judge as each does alone, and a program is run once") {
  Problem problem;
  problem.id = "p";
  problem.prompt = "def double(x):\n";
  problem.verifier = {{"kind", "code"},
                      {"entry_point", "double"},
                      {"prompt", "def double(x):\n"},
                      {"test", "def check(f):\n    assert f(2) == 4\n"}};
  const std::vector<std::string> profiles = {"suite",
                                             "code-first-block",
                                             "code-last-block",
                                             "livecodebench",
                                             "simple-evals-humaneval",
                                             "lm-eval-humaneval",
                                             "bigcode-humaneval",
                                             "evalplus"};
  const auto together = MakeProfileVerifiers(profiles, problem, {});
  REQUIRE(together);
  const std::string right = "```python\ndef double(x):\n    return 2 * x\n```";
  const std::string wrong = "```python\ndef double(x):\n    return 3 * x\n```";
  const std::chrono::seconds budget(20);
  for (const std::string& response :
       {right, wrong, wrong + "\nor\n" + right, std::string("    return x + x\n"),
        std::string("no code"), std::string("```python\n```"), std::string()}) {
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const auto alone = MakeProfileVerifier(profiles[i], problem);
      REQUIRE(alone);
      const Verdict a = (*alone)->Check(response, budget);
      const Verdict b = (*together)[i]->Check(response, budget);
      INFO(profiles[i] << ": " << response);
      CHECK(a.outcome == b.outcome);
      CHECK(a.answer == b.answer);
      REQUIRE(a.span.has_value() == b.span.has_value());
      if (a.span) CHECK((a.span->begin == b.span->begin && a.span->end == b.span->end));
    }
  }
  // A program that takes a while, under profiles that all take the same one.
  const std::string slow =
      "```python\nimport time\ntime.sleep(2)\ndef double(x):\n    return 2 * x\n```";
  CHECK((*together)[1]->Check(slow, budget).outcome == Outcome::kCorrect);
  const auto begin = std::chrono::steady_clock::now();
  for (const std::size_t same : {1, 2, 3, 7}) {
    CHECK((*together)[same]->Check(slow, budget).outcome == Outcome::kCorrect);
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("our solved examples are right, and end as their profile reads") {
  const auto last_word = [](const std::string& text) {
    const auto end = text.find_last_not_of('.');
    const auto begin = text.find_last_of(" $", end) + 1;
    return text.substr(begin, end + 1 - begin);
  };
  for (const FewShot& shot : OurShots(ShotForm::kHashes, 8)) {
    const std::string answer = last_word(shot.response);
    INFO(shot.prompt);
    CHECK(Judge("lm-eval-gsm8k-strict", shot.response, answer) == Outcome::kCorrect);
    CHECK(Judge("lm-eval-gsm8k-flexible", shot.response, answer) == Outcome::kCorrect);
  }
  for (const FewShot& shot : OurShots(ShotForm::kTheAnswerIs, 8)) {
    const std::string answer = last_word(shot.response);
    INFO(shot.prompt);
    for (const char* profile : {"lm-eval-gsm8k-cot", "opencompass-gsm8k", "helm-gsm8k"}) {
      CHECK(Judge(profile, shot.response, answer) == Outcome::kCorrect);
    }
  }
  static constexpr const char* kAnswers[] = {"8", "56", "\\frac{1}{9}", "3+\\sqrt{7}"};
  const auto formulas = OurShots(ShotForm::kHopeItIsCorrect, 4);
  for (std::size_t i = 0; i < formulas.size(); ++i) {
    CHECK(Judge("lm-eval-minerva-math", formulas[i].response, kAnswers[i]) == Outcome::kCorrect);
  }
}

// The data of HumanEval+ is not with the project: rows of its form, made here.
TEST_CASE("humaneval-plus judges on both lists of inputs, against the reference solution") {
  const auto manifest = LoadManifest(ASSAY_SOURCE_DIR "/tasks/suites/humaneval-plus.json");
  REQUIRE(manifest);
  const TempDir dir;
  const auto row = [](const char* id, const char* name, const char* prompt, const char* body,
                      const Json& base, const Json& plus, double atol) {
    return DumpJson({{"task_id", id},
                     {"entry_point", name},
                     {"prompt", prompt},
                     {"canonical_solution", body},
                     {"base_input", base},
                     {"plus_input", plus},
                     {"atol", atol}}) +
           "\n";
  };
  const std::string zero =
      "def find_zero(xs: list):\n    \"\"\"A place where the polynomial xs is 0.\"\"\"\n";
  std::ofstream(dir.path() / "rows.jsonl")
      << row("HumanEval/900", "clamp", "def clamp(x: int):\n    \"\"\"At least 0.\"\"\"\n",
             "    return max(0, x)\n", {{3}}, {{-2}, {0}}, 0)
      << row("HumanEval/901", "third", "def third(x):\n    \"\"\"A third.\"\"\"\n",
             "    return x / 3\n", {{1}}, {{2.5}, {-7}}, 0)
      << row("HumanEval/902", "find_zero", zero.c_str(),
             "    return 2 if len(xs) == 3 else -xs[0] / xs[1]\n", {{{1, 2}}}, {{{-4, 0, 1}}},
             1e-6);
  const auto suite = LoadSuite(*manifest, dir.path() / "rows.jsonl", true);
  if (!suite) FAIL(suite.error().message);
  const auto judge = [&](int number, const std::string& body) {
    const Problem& problem = suite->problems.at(static_cast<std::size_t>(number));
    const auto verifier = VerifierOf(*suite, problem);
    if (!verifier) FAIL(verifier.error().message);
    const Verdict verdict = (*verifier)->Check(body, std::chrono::seconds(60));
    INFO(problem.id << ": " << verdict.reason);
    CHECK(verdict.outcome != Outcome::kError);
    return verdict.outcome == Outcome::kCorrect;
  };
  CHECK(judge(0, "    return x if x > 0 else 0\n"));
  CHECK_FALSE(judge(0, "    return x\n"));      // right on the base input only
  CHECK(judge(1, "    return x * (1 / 3)\n"));  // near enough
  CHECK_FALSE(judge(1, "    return x / 3.01\n"));
  CHECK(
      judge(2, "    return -2 if len(xs) == 3 else -0.5\n"));  // another zero than the reference's
  CHECK_FALSE(judge(2, "    return 1\n"));
}
