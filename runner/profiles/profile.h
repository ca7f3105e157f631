// runner/profiles/profile.h -- One row of the table of profiles. A new one is a row in numbers.cpp,
// math.cpp or code.cpp, and rows of examples in tests/cases/profiles.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tasks/problem.h"
#include "verifiers/verifier.h"

namespace assay {

// How an example ends that is shown before the problem.
enum class ShotForm {
  kNone,
  kHashes,           // "#### N"
  kTheAnswerIs,      // "The answer is N."
  kHopeItIsCorrect,  // "Final Answer: The final answer is $X$. I hope it is correct."
};

// How the harness asks. Templates hold "{prompt}" once.
struct ProfilePrompt {
  bool chat = false;  // else one text to be continued
  const char* text = "{prompt}";
  std::vector<std::string> stop;
  int max_tokens = 0;
  double temperature = 0;
  int shots = 0;       // examples that the harness shows before the problem
  bool strip = false;  // white space around the problem's text is dropped
  ShotForm form = ShotForm::kNone;
};

struct Profile {
  const char* name = nullptr;
  const char* follows = nullptr;
  const char* judges = nullptr;
  const char* rule = nullptr;
  std::optional<ProfilePrompt> prompt;
  // Empty for a problem of another sort: then the caller says so.
  Result<std::unique_ptr<const Verifier>> (*make)(const Profile& profile,
                                                  const Problem& problem) = nullptr;
};

const std::vector<Profile>& NumberProfiles();
const std::vector<Profile>& MathProfiles();
const std::vector<Profile>& CodeProfileTable();

// The rule of verifiers/code/code_extract.h that a profile of the code table takes programs by; ""
// for any other name.
std::string_view CodeRuleOf(std::string_view profile);

// Whether the problem is judged by running code.
bool IsCodeProblem(const Problem& problem);
// kInput saying what the profile judges.
Error NotJudged(const Profile& profile, const Problem& problem);

}  // namespace assay
