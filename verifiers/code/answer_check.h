// verifiers/code/answer_check.h -- Answers that are data, judged by what they do: the input of a
// given program, a regular expression, a query.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "verifiers/code/code_spec.h"
#include "verifiers/verdict.h"

namespace assay {

// The pattern or query in a response: its last fenced block, else its last line without "Answer:"
// and backticks; of r'…' and r"…" the inside. Nothing when that is blank.
std::optional<ExtractedCode> ExtractPlain(std::string_view response);

// Judges `answer` under protocol kInput, kRegex or kSql: in the sandbox, in one run.
Verdict CheckAnswer(const CodeSpec& spec, const std::string& answer,
                    std::chrono::milliseconds budget);

}  // namespace assay
