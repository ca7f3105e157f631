// reports/disagreement.h -- Where profiles part on the same responses, for people and for programs.
#pragma once

#include <string>

#include "base/json.h"
#include "runner/regrade.h"

namespace assay {

// The share correct of each profile, how many responses each row calls correct and each column does
// not, and examples.
std::string RenderDisagreement(const Regraded& regraded);

// {"samples", "profiles", "correct", "matrix", "examples": [{"problem", "sample", "answers",
// "outcomes", "tail"}]}
Json ToJson(const Regraded& regraded);

}  // namespace assay
