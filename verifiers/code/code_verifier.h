// verifiers/code/code_verifier.h -- {"kind": "code"}: the answer is a program, judged by tests in
// the sandbox. The keys of the spec: verifiers/code/code_spec.h.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeCodeVerifier(const Json& spec,
                                                         const VerifierContext& context);

}  // namespace assay
