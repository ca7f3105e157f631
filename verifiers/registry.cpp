#include "verifiers/registry.h"

#include <algorithm>

#include "base/suggest.h"
#include "verifiers/choice/choice_verifier.h"
#include "verifiers/code/code_verifier.h"
#include "verifiers/logic/logic_verifier.h"
#include "verifiers/math/math_verifier.h"
#include "verifiers/numeric/numeric_verifier.h"
#include "verifiers/program/program_verifier.h"
#include "verifiers/text/exact_verifier.h"
#include "verifiers/text/positions_verifier.h"

namespace assay {
namespace {

using Maker = Result<std::unique_ptr<const Verifier>> (*)(const Json& spec,
                                                          const VerifierContext& context);

struct Kind {
  const char* name;
  const char* version;  // raise it when verdicts may change
  Maker make;
};

// One line a kind, sorted by name.
const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      {"choice", "2", MakeChoiceVerifier},       {"code", "2", MakeCodeVerifier},
      {"exact", "1", MakeExactVerifier},         {"logic", "2", MakeLogicVerifier},
      {"math", "3", MakeMathVerifier},           {"numeric", "2", MakeNumericVerifier},
      {"positions", "1", MakePositionsVerifier}, {"program", "1", MakeProgramVerifier},
  };
  return kinds;
}

const Kind* Find(const std::string& name) {
  const auto& kinds = Kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return name == k.name; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeVerifier(const Json& spec,
                                                     const VerifierContext& context) {
  if (!spec.is_object() || !spec.contains("kind") || !spec["kind"].is_string()) {
    return Fail(ErrorCode::kInput, "verifier: expected an object with the key \"kind\"");
  }
  const auto name = spec["kind"].get<std::string>();
  const Kind* kind = Find(name);
  if (kind == nullptr) {
    return Fail(ErrorCode::kInput, "verifier: unknown kind \"{}\"{}", name,
                DidYouMean(name, VerifierKinds()));
  }
  return kind->make(spec, context);
}

std::vector<std::string> VerifierKinds() {
  std::vector<std::string> names;
  for (const Kind& kind : Kinds()) names.emplace_back(kind.name);
  return names;
}

std::string VerifierVersion(const std::string& kind) {
  const Kind* found = Find(kind);
  return found == nullptr ? std::string() : found->version;
}

}  // namespace assay
