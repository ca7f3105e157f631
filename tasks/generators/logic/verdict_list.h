// tasks/generators/logic/verdict_list.h -- Answers that judge several sentences, one word each.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/family.h"

namespace assay {

// What is said of a sentence that holds, and of one that does not.
struct VerdictWords {
  const char* holds;
  const char* fails;
};
inline constexpr VerdictWords kYesNo = {"yes", "no"};
inline constexpr VerdictWords kTrueFalse = {"true", "false"};

// "yes, no, yes".
std::string VerdictText(const std::vector<bool>& verdicts, const VerdictWords& words);

// Reference, verifier and near misses (one verdict turned round, all alike) of a draft whose answer
// is this list.
void SetVerdicts(Rng& rng, Draft& draft, const std::vector<bool>& verdicts,
                 const VerdictWords& words);

}  // namespace assay
