// verifiers/registry.h -- From a verifier spec to a verifier.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "verifiers/verifier.h"

namespace assay {

// What a problem hands to its verifier besides the spec.
struct VerifierContext {
  std::string reference;  // the author's truth; "" where the spec alone decides (code tests)
  Json problem;  // the whole problem, for verifiers that need its prompt or meta; may be null
  std::filesystem::path pack_root;  // where the files that a spec names lie; "" if there are none
};

// Builds the verifier that `spec` ({"kind": …, …}) describes, parsing the reference once. kInput
// when the kind or a key is unknown (with the nearest known one) or the reference cannot be parsed:
// a bad problem is refused when it is loaded, never while it is judged.
Result<std::unique_ptr<const Verifier>> MakeVerifier(const Json& spec,
                                                     const VerifierContext& context);

// The kinds that a spec may name, sorted.
std::vector<std::string> VerifierKinds();

// A string that changes whenever the verdicts of this kind may change: part of a run's identity.
std::string VerifierVersion(const std::string& kind);

}  // namespace assay
