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
  const char* passes;  // s strict, f flexible, c cot, o OpenCompass, h HELM
};

}  // namespace

TEST_CASE("profiles part where the harnesses do") {
  static constexpr Row kRows[] = {
      {"so 18\n#### 18", "18", "sfoh"},
      {"The answer is 18.", "18", "fcoh"},
      {"A: 18", "18", "foh"},
      {"it is $18.00", "18", "o"},           // text of "18.00" is not "18"
      {"it is $\\boxed{18}$.", "18", "oh"},  // the last run of "$0-9.," is "$."
      {"18, in total,", "18", "fo"},         // HELM reads the lone comma
      {"#### 1,000", "1000", "sfh"},         // commas part numbers
      {"The answer is 1,000.", "1,000", "fch"},
      {"18 ... done", "18", "oh"},
      {"18 (checked in 2 ways)", "18", ""},
      {"#### 17\n#### 18", "18", "foh"},  // strict takes the first
      {"no number", "18", ""},
      {"-5", "-5", "foh"}};
  static constexpr std::pair<char, const char*> kProfiles[] = {{'s', "lm-eval-gsm8k-strict"},
                                                               {'f', "lm-eval-gsm8k-flexible"},
                                                               {'c', "lm-eval-gsm8k-cot"},
                                                               {'o', "opencompass-gsm8k"},
                                                               {'h', "helm-gsm8k"}};
  for (const Row& row : kRows) {
    for (const auto& [letter, profile] : kProfiles) {
      INFO(profile << ": " << row.response);
      const bool expected = std::string(row.passes).find(letter) != std::string::npos;
      CHECK((Judge(profile, row.response, row.reference) == Outcome::kCorrect) == expected);
    }
  }
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
