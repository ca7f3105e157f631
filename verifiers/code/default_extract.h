// verifiers/code/default_extract.h -- Our own rules for finding a program in a response; what they
// are stands in code_extract.h.
#pragma once

#include "verifiers/code/code_extract.h"

namespace assay {

std::optional<ExtractedCode> DefaultExtract(std::string_view response,
                                            const CodeQuestion& question);

}  // namespace assay
