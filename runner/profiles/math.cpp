// Profiles for problems whose reference is a formula: MATH and its kin.
#include "runner/profiles/pattern.h"
#include "runner/profiles/profile.h"
#include "verifiers/math/profiles.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

using Found = Result<std::optional<Span>>;

// The text between the first and the last dollar sign, or all of it. Boxes are not looked for.
Found BetweenDollars(std::string_view response) {
  const auto first = response.find('$');
  const auto last = response.rfind('$');
  if (first == last) return Span{0, response.size()};
  return Span{first + 1, last};
}

// The harness puts the end of the sentence behind the response before it looks for it.
Found ClosingSentence(std::string_view response) {
  static const Pattern pattern(R"(Final Answer: The final answer is(.*?). I hope it is correct.)");
  return pattern.First(std::string(response) + "I hope it is correct.", 1);
}

Found AnswerLine(std::string_view response) {
  static const Pattern pattern(R"((?i)Answer\s*:\s*([^\n]+))");
  return pattern.First(response, 1);
}

// Reads by the harness' rule, and has another verifier compare what it read.
struct Rule {
  const char* name;
  Found (*read)(std::string_view response);
  const char* compares;  // profile of the math verifier; "default" is ours
  const char* before;    // what makes that verifier take the answer as it stands
  const char* after;
};

constexpr Rule kRules[] = {
    {"lm-eval-minerva-math", ClosingSentence, "minerva", "The final answer is ", ". I hope"},
    {"simple-evals-math", AnswerLine, "default", "Answer: ", ""},
};

class ReadAndCompare : public Verifier {
 public:
  ReadAndCompare(const Rule& rule, std::unique_ptr<const Verifier> compare)
      : rule_(rule), compare_(std::move(compare)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds budget) const override {
    const Found found = rule_.read(response);
    if (!found) return Verdict::Limit("", found.error().message);
    if (!*found) return Verdict::NoAnswer("nothing that this profile reads");
    const Span span = **found;
    const std::string answer(response.substr(span.begin, span.end - span.begin));
    Verdict verdict = compare_->Check(rule_.before + answer + rule_.after, budget);
    verdict.span = span;
    return verdict;
  }

 private:
  const Rule& rule_;
  std::unique_ptr<const Verifier> compare_;
};

class HendrycksVerifier : public Verifier {
 public:
  explicit HendrycksVerifier(std::string reference)
      : reference_(std::move(reference)), form_(math::HendrycksForm(reference_)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    constexpr std::size_t kMostBytes = 1 << 16;
    const Span span = **BetweenDollars(response);
    const std::string answer(response.substr(span.begin, span.end - span.begin));
    if (answer.size() > kMostBytes) return Verdict::Wrong("", "the answer is too long");
    const bool equal = math::HendrycksForm(answer) == form_;
    Verdict verdict = equal ? Verdict::Correct(answer, "equal by string rules")
                            : Verdict::Wrong(answer, "different by string rules");
    verdict.span = span;
    return verdict;
  }

 private:
  std::string reference_;
  std::string form_;
};

Result<std::unique_ptr<const Verifier>> MathSpec(const char* profile, const Problem& problem) {
  return MakeVerifier({{"kind", "math"}, {"profile", profile}},
                      VerifierContext{problem.reference, ToJson(problem), {}});
}

Result<std::unique_ptr<const Verifier>> MakeRule(const Profile& profile, const Problem& problem) {
  if (IsCodeProblem(problem)) return Pass(NotJudged(profile, problem));
  for (const Rule& rule : kRules) {
    if (std::string_view(rule.name) != profile.name) continue;
    auto compare = MathSpec(rule.compares, problem);
    if (!compare) return compare;
    return std::make_unique<ReadAndCompare>(rule, std::move(*compare));
  }
  return Fail(ErrorCode::kUnavailable, "no rule for profile {}", profile.name);
}

Result<std::unique_ptr<const Verifier>> MakeHendrycks(const Profile& profile,
                                                      const Problem& problem) {
  if (IsCodeProblem(problem)) return Pass(NotJudged(profile, problem));
  return std::make_unique<HendrycksVerifier>(problem.reference);
}

// A profile of the math verifier itself, under the same name with '-' for '_'.
Result<std::unique_ptr<const Verifier>> MakeOwn(const Profile& profile, const Problem& problem) {
  if (IsCodeProblem(problem)) return Pass(NotJudged(profile, problem));
  const std::string_view name = profile.name;
  return MathSpec(name == "hendrycks-math" ? "hendrycks_math" : profile.name, problem);
}

constexpr const char* kJudges = "math problems";

}  // namespace

const std::vector<Profile>& MathProfiles() {
  static const std::vector<Profile> profiles = {
      {"hendrycks-math", "hendrycks/math, math_equivalence at 985bdc1", kJudges,
       "last box, else between the first and last \"$\"; equal by string rules", std::nullopt,
       MakeOwn},
      {"lm-eval-hendrycks-math", "lm-evaluation-harness hendrycks_math 1.0", kJudges,
       "between the first and last \"$\", boxes are not looked for; equal by string rules",
       ProfilePrompt{false, "Problem: {prompt}\nAnswer:", {"Problem:"}, 256, 0, 0}, MakeHendrycks},
      {"lm-eval-minerva-math", "lm-evaluation-harness minerva_math 3.1, exact_match", kJudges,
       "only the sentence \"Final Answer: The final answer is X. I hope it is correct.\"",
       ProfilePrompt{false,
                     "Problem:\n{prompt}\n\nSolution:",
                     {"Problem:"},
                     256,
                     0,
                     4,
                     false,
                     ShotForm::kHopeItIsCorrect},
       MakeRule},
      {"minerva", "Lewkowycz et al. 2022, appendix D", kJudges,
       "the closing sentence, else a box, else \"$\"; equal forms or values", std::nullopt,
       MakeOwn},
      {"prm800k", "openai/prm800k, grader at 7ecc794", kJudges,
       "last box, else between the first and last \"$\"; equal forms or values", std::nullopt,
       MakeOwn},
      {"qwen-math", "Qwen2.5-Math, evaluation at a45202b", kJudges,
       "last box, else \"answer is\", else the last number; equal within 1e-4, per cent allowed",
       std::nullopt, MakeOwn},
      {"simple-evals-math", "openai/simple-evals MATH at ee3b031, with our equality for its judge",
       kJudges, "first \"Answer:\" line",
       ProfilePrompt{true,
                     "Solve the following math problem step by step. The last line of your "
                     "response should be of the form Answer: $ANSWER (without quotes) where "
                     "$ANSWER is the answer to the problem.\n\n{prompt}\n\nRemember to put your "
                     "answer on its own line after \"Answer:\", and you do not need to use a "
                     "\\boxed command.",
                     {},
                     2048,
                     0.5,
                     0},
       MakeRule},
  };
  return profiles;
}

}  // namespace assay
