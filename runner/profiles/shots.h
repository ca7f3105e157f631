// runner/profiles/shots.h -- Solved examples of our own for profiles whose harness shows some. The
// harness' own are others' texts: --few-shot gives them.
#pragma once

#include <string_view>
#include <vector>

#include "runner/profiles/profile.h"
#include "tasks/suite.h"

namespace assay {

// Name and version of the examples: raised whenever one of them changes.
inline constexpr std::string_view kShotsName = "assay-shots 1";

// The first `count` examples for word problems (ShotForm::kHashes, kTheAnswerIs) or for formulas
// (kHopeItIsCorrect), each ending as the profile's rule wants an answer to end. At most eight and
// four are there.
std::vector<FewShot> OurShots(ShotForm form, std::size_t count);

}  // namespace assay
