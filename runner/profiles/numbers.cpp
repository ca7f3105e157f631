// Profiles for problems whose reference is a number: GSM8K and its kin.
#include <cmath>
#include <cstdlib>

#include "runner/profiles/pattern.h"
#include "runner/profiles/profile.h"

namespace assay {
namespace {

using Found = Result<std::optional<Span>>;

struct Rule {
  const char* name;
  Found (*read)(std::string_view response);
  bool (*equal)(std::string_view answer, std::string_view reference);
};

Found FirstHashes(std::string_view response) {
  static const Pattern pattern(R"(#### (\-?[0-9\.\,]+))");
  return pattern.First(response, 1);
}

// The recorded solutions of GSM8K's authors end in "A: N" where its own end in "#### N".
Found FirstHashesOrA(std::string_view response) {
  static const Pattern pattern(R"((?:####|A:) (\-?[0-9\.\,]+))");
  return pattern.First(response, 1);
}

Found LastLoose(std::string_view response) {
  static const Pattern pattern(R"((-?[$0-9.,]{2,})|(-?[0-9]+))");
  return pattern.Last(response);
}

// The last "." of the expression stands for any character.
Found FirstTheAnswerIs(std::string_view response) {
  static const Pattern pattern(R"(The answer is (\-?[0-9\.\,]+).)");
  return pattern.First(response, 1);
}

Found LastNumberBeforeNextQuestion(std::string_view response) {
  static const Pattern pattern(R"(\-?\d+\.\d+|\-?\d+)");
  return pattern.Last(response.substr(0, response.find("Question:")));
}

// A lone comma is a number here, and any character may stand before the decimals.
Found LastDigitsAndCommas(std::string_view response) {
  static const Pattern pattern(R"(-?[\d,]+(?:.\d+)?)");
  return pattern.Last(response);
}

// Numbers behind the last "Answer"; commas may part their digits.
Found LastAfterAnswer(std::string_view response) {
  static const Pattern pattern(R"(\d[\d,]*(?:\.[\d,]*)?)");
  const auto at = response.rfind("Answer");
  if (at == std::string_view::npos) return std::nullopt;
  auto found = pattern.Last(response.substr(at));
  if (found && *found) **found = Span{at + (*found)->begin, at + (*found)->end};
  return found;
}

std::string Without(std::string_view text, std::string_view dropped) {
  std::string kept;
  for (const char c : text) {
    if (dropped.find(c) == std::string_view::npos) kept += c;
  }
  return kept;
}

bool EqualCleaned(std::string_view answer, std::string_view reference) {
  const auto clean = [](std::string_view text) {
    std::string cleaned = Without(text, ",$");
    if (cleaned.ends_with('.')) cleaned.pop_back();
    return cleaned;
  };
  return clean(answer) == clean(reference);
}

bool EqualWithoutCommas(std::string_view answer, std::string_view reference) {
  const std::string text = Without(answer, ",");
  return !text.empty() && text == Without(reference, ",");
}

// The reference too is read by the rule.
bool EqualFinalNumbers(std::string_view answer, std::string_view reference) {
  const auto found = LastDigitsAndCommas(reference);
  if (!found || !*found) return false;
  const Span span = **found;
  return EqualWithoutCommas(answer, reference.substr(span.begin, span.end - span.begin));
}

bool IsInteger(const std::string& text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos;
}

bool WithinAMillionth(std::string_view answer, std::string_view reference) {
  const std::string wanted = Without(reference, ",");
  if (answer == wanted) return true;
  if (!IsInteger(wanted)) return false;
  const std::string given(answer);
  return std::fabs(std::strtod(given.c_str(), nullptr) - std::strtod(wanted.c_str(), nullptr)) <
         1e-6;
}

bool EqualWithoutZeros(std::string_view answer, std::string_view reference) {
  std::string text = Without(answer, ",");
  while (text.ends_with('.')) text.pop_back();
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    while (text.ends_with('.')) text.pop_back();
  }
  return text == Without(reference, ",");
}

constexpr Rule kRules[] = {
    {"grade-school-math", FirstHashesOrA, EqualWithoutCommas},
    {"helm-gsm8k", LastDigitsAndCommas, EqualFinalNumbers},
    {"lm-eval-gsm8k-cot", FirstTheAnswerIs, EqualCleaned},
    {"lm-eval-gsm8k-cot-flexible", LastLoose, EqualCleaned},
    {"lm-eval-gsm8k-flexible", LastLoose, EqualCleaned},
    {"lm-eval-gsm8k-strict", FirstHashes, EqualCleaned},
    {"opencompass-gsm8k", LastNumberBeforeNextQuestion, WithinAMillionth},
    {"simple-evals-mgsm", LastAfterAnswer, EqualWithoutZeros},
};

class RuleVerifier : public Verifier {
 public:
  RuleVerifier(const Rule& rule, std::string reference)
      : rule_(rule), reference_(std::move(reference)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const Found found = rule_.read(response);
    if (!found) return Verdict::Limit("", found.error().message);
    if (!*found) return Verdict::NoAnswer("nothing that this profile reads");
    const Span span = **found;
    const std::string answer(response.substr(span.begin, span.end - span.begin));
    const bool equal = rule_.equal(answer, reference_);
    const std::string reason = answer + (equal ? " = " : " != ") + reference_;
    Verdict verdict = equal ? Verdict::Correct(answer, reason) : Verdict::Wrong(answer, reason);
    verdict.span = span;
    return verdict;
  }

 private:
  const Rule& rule_;
  std::string reference_;
};

Result<std::unique_ptr<const Verifier>> Make(const Profile& profile, const Problem& problem) {
  if (IsCodeProblem(problem)) return Pass(NotJudged(profile, problem));
  for (const Rule& rule : kRules) {
    if (std::string_view(rule.name) != profile.name) continue;
    if (problem.reference.empty()) return Fail(ErrorCode::kInput, "the reference is empty");
    return std::make_unique<RuleVerifier>(rule, problem.reference);
  }
  return Fail(ErrorCode::kUnavailable, "no rule for profile {}", profile.name);
}

constexpr const char* kJudges = "number problems";

ProfilePrompt LmEvalGsm8k() {
  return {false,
          "Question: {prompt}\nAnswer:",
          {"Question:", "</s>", "<|im_end|>"},
          256,
          0,
          5,
          false,
          ShotForm::kHashes};
}

ProfilePrompt LmEvalGsm8kCot() {
  return {false, "Q: {prompt}\nA:",     {"Q:", "</s>", "<|im_end|>"}, 256, 0, 8,
          false, ShotForm::kTheAnswerIs};
}

}  // namespace

const std::vector<Profile>& NumberProfiles() {
  static const std::vector<Profile> profiles = {
      {"grade-school-math", "openai/grade-school-math at 3101c7d", kJudges,
       "first \"#### N\" (or \"A: N\"); commas dropped; equal text", std::nullopt, Make},
      {"helm-gsm8k", "HELM, final_number_exact_match", kJudges,
       "last run of digits and commas; commas dropped; equal text",
       ProfilePrompt{false, "Q: {prompt}\nA:", {"\n\n"}, 400, 0, 5, false, ShotForm::kTheAnswerIs},
       Make},
      {"lm-eval-gsm8k-cot", "lm-evaluation-harness gsm8k_cot 3.0, strict-match", kJudges,
       "first \"The answer is N\" and one character more; cleaned; equal text", LmEvalGsm8kCot(),
       Make},
      {"lm-eval-gsm8k-cot-flexible", "lm-evaluation-harness gsm8k_cot 3.0, flexible-extract",
       kJudges, "last number-like run; cleaned; equal text", LmEvalGsm8kCot(), Make},
      {"lm-eval-gsm8k-flexible", "lm-evaluation-harness gsm8k 3.0, flexible-extract", kJudges,
       "last number-like run; \",\", \"$\" and a final dot dropped; equal text", LmEvalGsm8k(),
       Make},
      {"lm-eval-gsm8k-strict", "lm-evaluation-harness gsm8k 3.0, strict-match", kJudges,
       "first \"#### N\"; \",\", \"$\" and a final dot dropped; equal text", LmEvalGsm8k(), Make},
      {"opencompass-gsm8k", "OpenCompass gsm8k at a5acc4b", kJudges,
       "last number before a next \"Question:\", commas part numbers; equal within 1e-6",
       ProfilePrompt{true,
                     "Question: {prompt}\nLet's think step by step\nAnswer:",
                     {},
                     512,
                     0,
                     4,
                     false,
                     ShotForm::kTheAnswerIs},
       Make},
      {"simple-evals-mgsm", "openai/simple-evals MGSM (English) at ee3b031", kJudges,
       "last number after the last \"Answer\"; commas and final zeros dropped; equal text",
       ProfilePrompt{true,
                     "Solve this math problem. Give the reasoning steps before giving the final "
                     "answer on the last line by itself in the format of \"Answer:\". Do not add "
                     "anything other than the integer answer after \"Answer:\".\n\n{prompt}",
                     {},
                     2048,
                     0.5,
                     0},
       Make},
  };
  return profiles;
}

}  // namespace assay
