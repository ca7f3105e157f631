#include "verifiers/code/function_check.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>

#include "sandbox/python.h"
#include "verifiers/code/code_verdict.h"
#include "verifiers/code/lower_trust.h"
#include "verifiers/code/runtime.h"
#include "verifiers/code/shared_sandbox.h"

namespace assay {
namespace {

constexpr int kFirstChannels = 8;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next++;
}

sandbox::PairScript JudgeScript(const CodeSpec& spec) {
  sandbox::PairScript script;
  script.source = runtime::kJudge;
  script.data = DumpJson(spec.tests);
  script.limits.cpu_ms = 20 * spec.limits.cpu_ms;  // over its whole life
  script.limits.wall_ms = 2 * sandbox::WallMs(spec.limits);
  script.limits.memory_mb = std::max<std::int64_t>(2048, 2 * spec.limits.memory_mb);
  return script;
}

std::string Mark() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

// What follows the last `mark` at the start of a line, up to the end of that line.
std::optional<Json> MarkedJson(const std::string& text, const std::string& mark) {
  const auto at = text.rfind("\n" + mark);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + 1 + mark.size();
  auto parsed = ParseJson(text.substr(begin, text.find('\n', begin) - begin));
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

}  // namespace

// Either a verdict, or "these tests cannot be run isolated" with why.
struct FunctionCheck::Tried {
  Verdict verdict;
  bool sandbox_failed = false;
  std::optional<std::string> needs_objects;
};

sandbox::Limits Within(sandbox::Limits limits, std::chrono::milliseconds budget) {
  if (budget.count() > 0) limits.cpu_ms = std::min<std::int64_t>(limits.cpu_ms, budget.count());
  return limits;
}

FunctionCheck::FunctionCheck(const CodeSpec& spec) : spec_(spec), ids_{NextId(), NextId()} {}
FunctionCheck::~FunctionCheck() {
  for (const std::uint64_t id : ids_) JudgeShelf::Shared().Clear(id);
}

FunctionCheck::Tried FunctionCheck::TryIsolated(sandbox::Sandbox& box,
                                                const sandbox::PairScript& candidate,
                                                int hash_seed) const {
  const std::uint64_t id = ids_[static_cast<std::size_t>(hash_seed)];
  auto judge = JudgeShelf::Shared().Take(id);
  if (!judge) {
    sandbox::PairOptions options;
    // A channel costs two descriptors: many only where a first judge was not enough.
    options.channels = judges_++ == 0 ? kFirstChannels : sandbox::kMaxChannels;
    options.hash_seed = hash_seed;
    auto started = sandbox::Judge::Start(box, JudgeScript(spec_), options);
    if (!started) return {Verdict::Failure(started.error().message), true, std::nullopt};
    judge = std::move(*started);
  }
  const sandbox::PairResult result = judge->Try(candidate);
  const bool failed =
      result.candidate.ending == sandbox::Ending::kSandboxFailed || JudgeWasLost(result);
  if (!result.answer) return {VerdictWithoutAnswer(result), failed, std::nullopt};
  JudgeShelf::Shared().Put(id, std::move(judge));
  const auto answer = ParseJson(*result.answer);
  if (!answer) return {Verdict::Failure("the judge's answer is malformed"), false, std::nullopt};
  if (answer->value("outcome", "") == "objects") return {{}, false, answer->value("reason", "")};
  Verdict verdict = VerdictOfTests(*answer, spec_.partial);
  if (verdict.outcome == Outcome::kWrong) {
    // The judge saw no more than that the program ended; the sandbox knows why.
    if (auto ending = VerdictOfEnding(result.candidate, "", result.candidate_stderr)) {
      if (ending->outcome != Outcome::kWrong) verdict = *ending;
    }
  }
  return {std::move(verdict), failed, std::nullopt};
}

Verdict FunctionCheck::CheckInProcess(sandbox::Sandbox& box, const std::string& program,
                                      const sandbox::Limits& limits, int hash_seed) const {
  sandbox::PythonScript script;
  script.hash_seed = hash_seed;
  const std::string mark = Mark();
  Json data = spec_.tests;
  data["mark"] = mark;
  data["source"] = program;
  script.source = runtime::kInProcess;
  script.data = DumpJson(data);
  script.limits = limits;
  const sandbox::RunResult result = sandbox::RunScript(box, script);
  Verdict verdict;
  if (auto ending = VerdictOfEnding(result.report, "", result.stderr_text)) {
    verdict = *ending;
  } else if (const auto tests = MarkedJson(result.stdout_text, mark)) {
    verdict = VerdictOfTests(*tests, spec_.partial);
  } else {
    verdict = Verdict::Wrong("", "the program ended before its tests");
  }
  if (verdict.outcome != Outcome::kError) verdict.reason.insert(0, kLowerTrust);
  return verdict;
}

Verdict FunctionCheck::CheckOnce(sandbox::Sandbox& box, const std::string& program,
                                 const sandbox::Limits& limits, int hash_seed) const {
  if (spec_.trust == CodeTrust::kInProcess) return CheckInProcess(box, program, limits, hash_seed);
  const sandbox::PairScript candidate{std::string(runtime::kCandidate), program, limits};
  Tried tried = TryIsolated(box, candidate, hash_seed);
  if (tried.sandbox_failed) tried = TryIsolated(box, candidate, hash_seed);
  if (!tried.needs_objects) return std::move(tried.verdict);
  if (spec_.trust == CodeTrust::kIsolated)
    return Verdict::Failure("these tests cannot be run isolated: " + *tried.needs_objects);
  return CheckInProcess(box, program, limits, hash_seed);
}

Verdict FunctionCheck::Check(const std::string& program, std::chrono::milliseconds budget) const {
  const auto box = SharedSandbox();
  if (!box) return Verdict::Failure(box.error().message);
  const sandbox::Limits limits = Within(spec_.limits, budget);
  Verdict verdict = CheckOnce(**box, program, limits, 0);
  if (!spec_.second_seed || verdict.outcome != Outcome::kCorrect) return verdict;
  Verdict second = CheckOnce(**box, program, limits, 1);
  if (second.outcome == Outcome::kCorrect) return verdict;
  if (second.outcome == Outcome::kWrong)
    second.reason = "it depends on the order of a set: " + second.reason;
  return second;
}

}  // namespace assay
