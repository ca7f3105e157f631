// verifiers/math/profiles.h -- The rules by which other graders decide, for comparable figures.
//
// Each profile follows the documented behaviour of one grader at one version. They are kept apart
// from the default rules: what they accept wrongly is part of what they reproduce.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "verifiers/verifier.h"

namespace assay::math {

struct Profile {
  const char* name;
  const char* follows;  // whose behaviour, at which version
};

// All of them but "default", sorted by name.
const std::vector<Profile>& Profiles();
bool IsProfile(std::string_view name);

// kInput where the reference holds no answer by the profile's own rules.
Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(std::string_view profile,
                                                            const std::string& reference);

// The string rules, for tests.
std::string HendrycksForm(std::string_view answer);
std::string MinervaForm(std::string_view answer);
std::string PrmForm(std::string_view answer);
std::string GsmForm(std::string_view answer);

}  // namespace assay::math
