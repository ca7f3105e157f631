#include "runner/profiles.h"

#include "tests/support/catch.h"

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
}

TEST_CASE("any bytes are judged, in bounded time") {
  std::string hostile(200'000, 'x');
  for (std::size_t i = 0; i + 40 < hostile.size(); i += 40) {
    hostile.replace(i, 37, "Final Answer: The final answer is 1. ");
  }
  const auto begin = std::chrono::steady_clock::now();
  for (const ProfileInfo& info : Profiles()) {
    if (info.judges != "number problems" && info.judges != "math problems") continue;
    for (const std::string& text : {hostile, std::string("\xff\x00 18 \xc3", 6), std::string()}) {
      INFO(info.name);
      CHECK(Judge(info.name, text, "18") != Outcome::kError);
    }
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(60));
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
