// runner/profiles.h -- Other harnesses' ways to ask for an answer, to find it and to compare it, by
// name and version, so that stored responses can be judged as they would judge them, and a model
// can be asked as they would ask it. docs/scoring.md lists what each one leaves out.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tasks/problem.h"
#include "tasks/suite.h"
#include "verifiers/verifier.h"

namespace assay {

struct ProfileInfo {
  std::string name;
  std::string follows;  // whose rules, at which version
  std::string judges;   // "any problem", "number problems", "math problems", "code problems"
  std::string rule;     // one line for people
  bool asks = false;    // whether it also has a prompt: ApplyProfilePrompt
  int shots = 0;        // solved examples that it shows before the problem
};
// "suite" (the problem's own verifier), the kinds of verifier that need only a reference, and the
// named rules of other harnesses.
std::vector<ProfileInfo> Profiles();

// The verifier that judges `problem` under a profile. kUsage with the nearest known name; kInput
// when the profile does not judge such a problem, or its reference does not fit. `root` is where
// the files lie that the problem's own verifier names.
Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(const std::string& profile,
                                                            const Problem& problem,
                                                            const std::filesystem::path& root = {});

// One for each of `profiles`, in their order; errors name the profile. Those that take a program
// from a response share the problem's tests, and judge programs that are equal once.
Result<std::vector<std::unique_ptr<const Verifier>>> MakeProfileVerifiers(
    const std::vector<std::string>& profiles, const Problem& problem,
    const std::filesystem::path& root);

// Makes `suite` ask as the profile asks: template, style, stop strings, token budget, temperature.
// Where the harness shows solved examples, as many of our own are shown (runner/profiles/shots.h):
// their number goes to `shots`, for a note to people. kUsage for a profile without a prompt.
Result<void> ApplyProfilePrompt(const std::string& profile, Suite& suite, int& shots);

}  // namespace assay
