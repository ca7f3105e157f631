// verifiers/code/runtime.h -- The Python sources of verifiers/code/runtime/, as built in.
#pragma once

#include <string_view>

namespace assay::runtime {

extern const std::string_view
    kPreload[4];  // run once by every interpreter: codec, testing, both sides
extern const std::string_view kRehearsal;  // by each process that waits for its run
extern const std::string_view kJudgeRehearsal;
extern const std::string_view kJudge;      // the trusted side of a pair
extern const std::string_view kCandidate;  // the untrusted side of a pair
extern const std::string_view kInProcess;  // tests and response in one process, lower trust
extern const std::string_view kLiteral;    // compares two Python literals
extern const std::string_view kAnswers;    // judges inputs, patterns and queries
extern const std::string_view kPack;       // runs a pack's verify.py

}  // namespace assay::runtime
