// verifiers/numeric/numeric_verifier.h -- {"kind": "numeric"}: the answer is one number.
//
//   rel, abs   tolerances, relative to the reference and absolute; 0: exact (default 0)
//   percent    "value": 50% is 1/2, and as a unit also matches a reference of 50 (default);
//              "ignore": percent signs on either side say nothing
//
// The reference is one quantity, or a solution that states one by `####` or `\boxed{}`. Values are
// compared as exact rationals. A unit is compared where both sides have one. The answer is taken
// from where the response states it (verifiers/extract/stated.h), else it is the last number of
// the response. Several different final answers are wrong.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeNumericVerifier(const Json& spec,
                                                            const VerifierContext& context);

}  // namespace assay
