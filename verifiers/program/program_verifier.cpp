#include "verifiers/program/program_verifier.h"

#include "base/files.h"
#include "base/utf8.h"
#include "sandbox/python.h"
#include "verifiers/code/code_verdict.h"
#include "verifiers/code/runtime.h"
#include "verifiers/code/shared_sandbox.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 4096;
// The mark only parts the verdict from what the pack's own program prints.
constexpr const char* kMark = "assay-verdict:";

std::string Text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? SanitizeUtf8(Abbreviate(found->get<std::string>(), kShownBytes))
             : std::string();
}

Verdict ToVerdict(const Json& given) {
  if (!given.is_object()) return Verdict::Failure("verify() returned neither a bool nor a dict");
  const auto outcome = ParseOutcome(Text(given, "outcome"));
  const std::string answer = Text(given, "answer");
  const std::string reason = Text(given, "reason");
  Verdict verdict;
  if (outcome == Outcome::kCorrect) {
    verdict = Verdict::Correct(answer, reason);
  } else if (outcome == Outcome::kWrong) {
    verdict = Verdict::Wrong(answer, reason);
  } else if (outcome == Outcome::kNoAnswer) {
    verdict = Verdict::NoAnswer(reason);
  } else {
    return Verdict::Failure("verify() gave no known outcome: \"" + Text(given, "outcome") + "\"");
  }
  if (const auto reward = given.find("reward"); reward != given.end() && !reward->is_null()) {
    const double value = reward->is_number() ? reward->get<double>() : -1;
    if (!(value >= 0 && value <= 1)) return Verdict::Failure("verify() gave no reward from 0 to 1");
    verdict.reward = value;
  }
  return verdict;
}

class ProgramVerifier : public Verifier {
 public:
  ProgramVerifier(std::string source, Json problem, const sandbox::Limits& limits, int hash_seed)
      : source_(std::move(source)),
        problem_(std::move(problem)),
        limits_(limits),
        hash_seed_(hash_seed) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const auto box = SharedSandbox();
    if (!box) return Verdict::Failure(box.error().message);
    sandbox::PythonScript script;
    script.source = runtime::kPack;
    script.data = DumpJson({{"source", source_},
                            {"problem", problem_},
                            {"response", std::string(response)},
                            {"mark", kMark}});
    script.limits = limits_;
    script.hash_seed = hash_seed_;
    const sandbox::RunResult run = sandbox::RunScript(**box, script);
    if (const auto ending = VerdictOfEnding(run.report, "", run.stderr_text))
      return Verdict::Failure("verify() failed: " + ending->reason);
    const std::string mark = std::string("\n") + kMark;
    const auto at = run.stdout_text.rfind(mark);
    if (at == std::string::npos) return Verdict::Failure("verify() gave no verdict");
    const auto given = ParseJson(run.stdout_text.substr(at + mark.size()));
    return given ? ToVerdict(*given) : Verdict::Failure("verify() gave a malformed verdict");
  }

 private:
  const std::string source_;
  const Json problem_;
  const sandbox::Limits limits_;
  const int hash_seed_;
};

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeProgramVerifier(const Json& spec,
                                                            const VerifierContext& context) {
  constexpr std::int64_t kHour = 3'600'000;
  constexpr std::int64_t kMaxMb = 1 << 20;
  Fields fields(spec, "verifier");
  fields.String("kind");
  const std::string file = fields.OptionalString("file").value_or("verify.py");
  sandbox::Limits limits;
  limits.cpu_ms = fields.OptionalInt("cpu_ms", 1, kHour).value_or(limits.cpu_ms);
  limits.memory_mb = fields.OptionalInt("memory_mb", 1, kMaxMb).value_or(limits.memory_mb);
  const std::filesystem::path name(file);
  const int hash_seed = int(fields.OptionalInt("hash_seed", 0, 1).value_or(0));
  if (name.empty() || name.is_absolute() || name != name.filename())
    fields.Refuse("file", "expected the name of a file of the pack");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (context.pack_root.empty())
    return Fail(ErrorCode::kInput, "verifier: kind \"program\" works inside a pack only");
  auto source = ReadFile(context.pack_root / name);
  if (!source) return Pass(source.error());
  Json problem = context.problem.is_object() ? context.problem : Json::object();
  problem["reference"] = context.reference;
  return std::make_unique<ProgramVerifier>(std::move(*source), std::move(problem), limits,
                                           hash_seed);
}

}  // namespace assay
