// verifiers/code/code_verdict.h -- What the result of tests or the end of a program means for a
// response.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "sandbox/ending.h"
#include "sandbox/pair.h"
#include "verifiers/verdict.h"

namespace assay {

// The verdict where a program did not end well: kLimit, kWrong (a crash, a violation) or kError
// (the sandbox failed). Nothing where it exited with status 0. `what` is the start of the reason,
// "test 3: " or "".
std::optional<Verdict> VerdictOfEnding(const sandbox::EndingReport& report, const std::string& what,
                                       const std::string& stderr_text);

// Whether the sandbox lost the judge or somebody else killed it: our failure, whatever the
// candidate did when it found its judge gone.
bool JudgeWasLost(const sandbox::PairResult& result);
// The verdict on a candidate whose judge gave no answer.
Verdict VerdictWithoutAnswer(const sandbox::PairResult& result);

// From the object that runtime/testing.py gives: outcomes pass, fail and error. `partial`: the
// reward is the share of tests passed.
Verdict VerdictOfTests(const Json& result, bool partial);

// The last line of `text` that is not blank, abbreviated: where interpreters name the exception.
std::string LastLineOf(const std::string& text);

}  // namespace assay
