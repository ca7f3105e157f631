// verifiers/text/exact_verifier.h -- {"kind": "exact"}: the answer is a given text.
//
//   ignore_case   letters match whatever their case, ASCII only (default false)
//
// Runs of white space count as one space; dressing (Markdown emphasis, quotes, $…$, a closing full
// stop) counts on neither side. The answer is what the response states
// (verifiers/extract/stated.h), else the whole response when it is one line, else its last line
// that is not blank; for a reference of several lines the whole response counts, or its only code
// block.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeExactVerifier(const Json& spec,
                                                          const VerifierContext& context);

}  // namespace assay
