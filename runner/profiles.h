// runner/profiles.h -- Other harnesses' ways to ask for an answer, to find it and to compare it, by
// name and version, so that stored responses can be judged as they would judge them, and a model
// can be asked as they would ask it. docs/scoring.md lists what each one leaves out.
#pragma once

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
};
// "suite" (the problem's own verifier), the kinds of verifier that need only a reference, and the
// named rules of other harnesses.
std::vector<ProfileInfo> Profiles();

// The verifier that judges `problem` under a profile. kUsage with the nearest known name; kInput
// when the profile does not judge such a problem, or its reference does not fit.
Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(const std::string& profile,
                                                            const Problem& problem);

// Makes `suite` ask as the profile asks: template, style, stop strings, token budget, temperature.
// Few-shot examples of the suite are dropped, as they are not the profile's; those that the harness
// shows are counted in `shots` for a note to people (the caller gives them, ours ships none).
// kUsage for a profile without a prompt.
Result<void> ApplyProfilePrompt(const std::string& profile, Suite& suite, int& shots);

}  // namespace assay
