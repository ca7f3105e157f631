// verifiers/logic/logic_verifier.h -- {"kind": "logic", "puzzle": "sudoku", …}: checks that the
// answer solves the puzzle. The reference must solve it too, or the problem is refused when it is
// loaded.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"
#include "verifiers/verifier.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeLogicVerifier(const Json& spec,
                                                          const VerifierContext& context);
// Names that "puzzle" may have, sorted.
std::vector<std::string> PuzzleNames();

}  // namespace assay
