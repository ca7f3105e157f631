#include "runner/identity.h"

#include <set>

#include "base/hash.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

std::string KindOf(const Json& spec) {
  const auto kind = spec.is_object() ? spec.find("kind") : spec.end();
  return spec.is_object() && kind != spec.end() && kind->is_string() ? kind->get<std::string>()
                                                                     : std::string();
}

}  // namespace

std::string DigestOf(const QuestionSet& suite) {
  Sha256 hash;
  hash.Update(suite.digest).Update("\n");
  for (const Question& question : suite.questions) {
    hash.Update(DumpJson(ToJson(question.problem))).Update("\n");
    hash.Update(DumpJson(ToJson(question.prompt))).Update("\n");
  }
  return ToHex(hash.Finish());
}

RunIdentity IdentifyRun(const std::string& model_identity, std::uint64_t seed,
                        const std::vector<QuestionSet>& suites) {
  Json verifiers = Json::object();
  Json listed = Json::object();
  for (const QuestionSet& suite : suites) {
    for (const Question& question : suite.questions) {
      const std::string kind = KindOf(question.problem.verifier);
      if (!verifiers.contains(kind)) verifiers[kind] = VerifierVersion(kind);
    }
    listed[suite.name] = {{"version", suite.version},
                          {"content", DigestOf(suite)},
                          {"sampling", ToJson(suite.sampling)}};
  }
  RunIdentity identity;
  identity.json = DumpJson({{"format", 1},
                            {"model", model_identity},
                            {"seed", seed},
                            {"suites", listed},
                            {"verifiers", verifiers}});
  identity.hash = Sha256Hex(identity.json);
  return identity;
}

}  // namespace assay
