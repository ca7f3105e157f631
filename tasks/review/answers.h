// tasks/review/answers.h -- Responses that a verifier must accept or refuse: the reference put as a
// model would, slips of it, and cheap answers.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace assay {

// A short response that ends with `answer` in the form that verifiers of this spec's kind read.
std::string ResponseWith(const Json& spec, const std::string& answer);

// Answers near the reference and different in value, at most `count`, for a spec whose reference
// is the only right answer: a digit changed, a sign lost, a neighbour, two parts swapped. Empty for
// kinds whose references are programs.
std::vector<std::string> Slips(const Json& spec, const std::string& reference, std::size_t count);

// A response with the answer it hides in, for the report.
struct CheapResponse {
  std::string name;  // "empty", "prompt echo", "all letters", …
  std::string text;
};
// Responses that show no work and must never be paid: nothing, the prompt, "I don't know", every
// letter, lists of candidates, the reference beside a wrong answer, an endless line, control bytes.
std::vector<CheapResponse> CheapResponses(const Json& spec, const std::string& prompt,
                                          const std::string& reference);

}  // namespace assay
