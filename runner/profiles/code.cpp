// Profiles for problems that are judged by running code. The tests are always the suite's, in our
// sandbox and without the harness' holes: what differs is the program that is taken from a
// response.
#include "runner/profiles/profile.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

struct Rule {
  const char* name;
  const char* profile;  // verifiers/code/code_extract.h
};

constexpr Rule kRules[] = {
    {"bigcode-humaneval", "bigcode"},
    {"code-first-block", "first"},
    {"code-last-block", "last"},
    {"evalplus", "evalplus"},
    {"livecodebench", "livecodebench"},
    {"lm-eval-humaneval", "lm-eval"},
    {"simple-evals-humaneval", "simple-evals"},
};

Result<std::unique_ptr<const Verifier>> Make(const Profile& profile, const Problem& problem) {
  if (!IsCodeProblem(problem)) return Pass(NotJudged(profile, problem));
  Json spec = problem.verifier;
  spec["profile"] = CodeRuleOf(profile.name);
  return MakeVerifier(spec, VerifierContext{problem.reference, ToJson(problem), {}});
}

constexpr const char* kJudges = "code problems";

}  // namespace

std::string_view CodeRuleOf(std::string_view profile) {
  for (const Rule& rule : kRules) {
    if (rule.name == profile) return rule.profile;
  }
  return "";
}

const std::vector<Profile>& CodeProfileTable() {
  static const std::vector<Profile> profiles = {
      {"bigcode-humaneval", "bigcode-evaluation-harness humaneval at 8fc5bae", kJudges,
       "prompt without outer white space + response up to the first stop",
       ProfilePrompt{false,
                     "{prompt}",
                     {"\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\n```", "<file_sep>"},
                     512,
                     0.2,
                     0,
                     true},
       Make},
      {"code-first-block", "OpenCompass humaneval v2 and NeMo-Skills, without left-stripping",
       kJudges, "first fenced block, else everything", std::nullopt, Make},
      {"code-last-block", "last fenced block, as in several leaderboards", kJudges,
       "last fenced block, else everything", std::nullopt, Make},
      {"evalplus", "EvalPlus 0.3.1, sanitised samples", kJudges,
       "first fenced block, else everything, alone",
       ProfilePrompt{true,
                     "Please provide a self-contained Python script that solves the following "
                     "problem in a markdown code block:\n```\n{prompt}\n```\n",
                     {},
                     768,
                     0,
                     0,
                     true},
       Make},
      {"livecodebench", "LiveCodeBench at 28fef95", kJudges,
       "last fenced block; without one there is no answer", std::nullopt, Make},
      {"lm-eval-humaneval", "lm-evaluation-harness humaneval 1.0", kJudges,
       "prompt + response up to the first stop",
       ProfilePrompt{false, "{prompt}", {"\nclass", "\ndef", "\n#", "\nif", "\nprint"}, 1024, 0, 0},
       Make},
      {"simple-evals-humaneval", "openai/simple-evals HumanEval at ee3b031", kJudges,
       "first ```python block, from its first \":\" and indented line on, behind the prompt",
       ProfilePrompt{true,
                     "Read the following function signature and docstring, and fully implement "
                     "the function described. Your response should only contain the code for this "
                     "function.\n{prompt}",
                     {},
                     2048,
                     0.5,
                     0},
       Make},
  };
  return profiles;
}

}  // namespace assay
