#include "tasks/review/mutate.h"

#include "base/json.h"
#include "base/utf8.h"
#include "sandbox/python.h"
#include "verifiers/code/shared_sandbox.h"

namespace assay {

extern const std::string_view kMutateSource;  // tasks/review/mutate.py

Result<std::vector<std::string>> PythonMutants(const std::string& source, std::size_t most) {
  const auto box = SharedSandbox();
  if (!box) return Pass(box.error());
  sandbox::PythonScript script;
  script.source = kMutateSource;
  script.data = DumpJson({{"source", source}, {"most", most}});
  script.limits.output_kb = 16 * 1024;
  const sandbox::RunResult run = sandbox::RunScript(**box, script);
  if (!run.report.Succeeded()) {
    return Fail(ErrorCode::kInput, "the reference cannot be read as Python: {}",
                Abbreviate(run.stderr_text.empty() ? run.report.message : run.stderr_text, 200));
  }
  const auto list = ParseJson(run.stdout_text);
  if (!list || !list->is_array()) return Fail(ErrorCode::kInternal, "the mutator gave no list");
  std::vector<std::string> mutants;
  for (const Json& mutant : *list) mutants.push_back(mutant.get<std::string>());
  return mutants;
}

}  // namespace assay
