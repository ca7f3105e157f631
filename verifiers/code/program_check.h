// verifiers/code/program_check.h -- Programs that read and write, and predicted outputs.
#pragma once

#include <chrono>
#include <string>

#include "verifiers/code/code_spec.h"
#include "verifiers/verdict.h"

namespace assay {

// Runs `source` once for each test of `spec` (protocol kStdio) and compares what it writes; stops
// at the first that fails unless the spec asks for partial credit.
Verdict CheckProgram(const CodeSpec& spec, const std::string& source,
                     std::chrono::milliseconds budget);

// Compares `answer` with the reference as Python literals (protocol kOutput), parsed in the sandbox
// and never evaluated.
Verdict CheckLiteral(const CodeSpec& spec, const std::string& answer);

}  // namespace assay
