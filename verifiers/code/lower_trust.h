// verifiers/code/lower_trust.h -- The mark of verdicts that a program could have forged.
#pragma once

#include <string_view>

namespace assay {

// Begins the reason of every verdict whose tests ran in one process with the program
// (verifiers/code/function_check.h); reports count the problems that have one.
inline constexpr std::string_view kLowerTrust = "lower trust: ";

}  // namespace assay
