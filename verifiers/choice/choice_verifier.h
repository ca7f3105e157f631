// verifiers/choice/choice_verifier.h -- {"kind": "choice"}: the answer is the letter of an option.
//
//   choices   how many options there are, 2 to 26, or their texts in order (default 10: A to J);
//             with texts, an answer that repeats one of them counts as its letter
//
// The reference is a letter, "B", "(B)" or "b", or one of the texts. The letter is taken from where
// the response states its answer (verifiers/extract/stated.h), else it is the last one that stands
// out: "(B)", "**B**", "B." or "B)" at the start of a line, or a line of its own. "A or B" and
// other answers with several letters are wrong.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeChoiceVerifier(const Json& spec,
                                                           const VerifierContext& context);

}  // namespace assay
