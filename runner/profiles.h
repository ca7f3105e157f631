// runner/profiles.h -- Other harnesses' rules for reading and comparing an answer, by name, so that
// stored responses can be judged as they would judge them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tasks/problem.h"
#include "verifiers/verifier.h"

namespace assay {

struct ProfileInfo {
  std::string name;
  std::string rule;  // one line for people
};
// "suite" (the problem's own verifier), the kinds of verifier that need only a reference, and the
// named rules of other harnesses.
std::vector<ProfileInfo> Profiles();

// The verifier that judges `problem` under a profile. kUsage with the nearest known name;
// kInput when the problem's reference does not fit the profile.
Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(const std::string& profile,
                                                            const Problem& problem);

}  // namespace assay
