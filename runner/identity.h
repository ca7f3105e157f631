// runner/identity.h -- What makes a run that run: content, never paths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/question.h"

namespace assay {

struct RunIdentity {
  std::string hash;  // SHA-256 of json, in hexadecimal digits
  std::string json;  // sorted keys, so that equal runs give equal bytes
};

// Covers the model's own identity (weights, tokenizer, template), the seed, and of each suite every
// prompt as sent, every reference and verifier spec, the sampling, and the versions of the
// verifiers. Not the number of samples or problems: a run can be extended.
RunIdentity IdentifyRun(const std::string& model_identity, std::uint64_t seed,
                        const std::vector<QuestionSet>& suites);

// The digest of one suite's content, as it goes into the identity.
std::string DigestOf(const QuestionSet& suite);

}  // namespace assay
