// verifiers/text/positions_verifier.h -- {"kind": "positions"}: characters at their places.
//
// The reward is the share of the reference's bytes that stand at the same place of the response's
// text, surrounding white space removed; correct is all of them and nothing more. For training on
// toy sequences, where partial credit is what there is to learn from.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakePositionsVerifier(const Json& spec,
                                                              const VerifierContext& context);

}  // namespace assay
