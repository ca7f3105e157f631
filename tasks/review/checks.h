// tasks/review/checks.h -- The checks of a review. Each looks at one thing that goes wrong in packs
// and knows nothing of the others; add one here, in a file of its own or beside its kin, and in
// review.cpp.
#pragma once

#include "tasks/review/subject.h"

namespace assay {

// What the pack says of itself.
CheckResult CheckLicence(const Subject& subject);
CheckResult CheckCanary(const Subject& subject);

// What the prompts say.
CheckResult CheckFormat(const Subject& subject);      // how to answer
CheckResult CheckLeak(const Subject& subject);        // not the answer
CheckResult CheckDuplicates(const Subject& subject);  // each something else
CheckResult CheckInstalled(const Subject& subject);   // and nothing of an installed suite

// What the verifiers say.
CheckResult CheckVerifiers(const Subject& subject);    // can be built
CheckResult CheckReferences(const Subject& subject);   // accept every reference
CheckResult CheckSlips(const Subject& subject);        // refuse answers near it
CheckResult CheckCheap(const Subject& subject);        // refuse answers without work
CheckResult CheckOthers(const Subject& subject);       // refuse the answers of other problems
CheckResult CheckDeterminism(const Subject& subject);  // say the same again
CheckResult CheckMutants(const Subject& subject);      // code tests refuse wrong programs
CheckResult CheckProgram(const Subject& subject);      // verify.py ends in time on anything
CheckResult CheckGuess(const Subject& subject);        // guessing does not pay

}  // namespace assay
