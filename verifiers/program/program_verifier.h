// verifiers/program/program_verifier.h -- {"kind": "program", "file": "verify.py"}: a pack's own
// Python decides, inside the sandbox.
//
//   file                the pack's file (default "verify.py"); it defines verify(problem,
//   response),
//                       which gets the problem as a dict and the response as a str and returns
//                       True, False, a reward from 0 to 1, or a dict of "outcome" ("correct",
//                       "wrong", "no_answer") with "reward", "answer" and "reason" as it likes
//   cpu_ms, memory_mb   limits of one call (10000, 1024)
//   hash_seed           0 or 1: seed of str hashes, to find out what hangs on the order of sets (0)
//
// The file is the pack author's: that it fails, exceeds a limit or returns anything else is an
// error, never a statement about the response. It runs alone; the response is data to it.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/registry.h"

namespace assay {

Result<std::unique_ptr<const Verifier>> MakeProgramVerifier(const Json& spec,
                                                            const VerifierContext& context);

}  // namespace assay
