#include "runner/profiles/shared_program.h"

#include <mutex>
#include <optional>
#include <unordered_map>

#include "runner/profiles/profile.h"
#include "runner/store/records.h"
#include "verifiers/code/code_spec.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

class ByRule : public Verifier {
 public:
  ByRule(std::shared_ptr<const SharedPrograms> programs, std::string rule, CodeQuestion question)
      : programs_(std::move(programs)), rule_(std::move(rule)), question_(std::move(question)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds budget) const override {
    const auto taken = ExtractCode(response, rule_, question_);
    if (!taken) return Verdict::NoAnswer("no code in the response");
    Verdict verdict = programs_->Judge(taken->program, budget);
    if (verdict.span) verdict.span = taken->span;
    return verdict;
  }

 private:
  const std::shared_ptr<const SharedPrograms> programs_;
  const std::string rule_;
  const CodeQuestion question_;
};

}  // namespace

// Responses come problem by problem, so that what was judged long ago is not asked for again.
struct SharedPrograms::Memory {
  static constexpr std::size_t kMostBytes = 4 << 20;

  struct Entry {
    std::mutex judging;
    std::optional<Verdict> verdict;
  };

  std::shared_ptr<Entry> EntryFor(const std::string& program) {
    const std::lock_guard lock(mutex);
    if (const auto known = entries.find(program); known != entries.end()) return known->second;
    bytes += program.size();
    if (bytes > kMostBytes) {
      entries.clear();
      bytes = program.size();
    }
    return entries[program] = std::make_shared<Entry>();
  }

  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries;
  std::size_t bytes = 0;
};

std::shared_ptr<const SharedPrograms> SharedPrograms::Of(const Problem& problem) {
  if (!IsCodeProblem(problem)) return nullptr;
  const VerifierContext context{problem.reference, ToJson(problem), {}};
  Json spec = problem.verifier;
  auto parsed = ParseCodeSpec(spec, context);
  const bool program = parsed && (parsed->protocol == CodeProtocol::kFunction ||
                                  parsed->protocol == CodeProtocol::kStdio);
  if (!program) return nullptr;
  spec["profile"] = "raw";
  auto raw = MakeVerifier(spec, context);
  if (!raw) return nullptr;
  const std::shared_ptr<SharedPrograms> programs(new SharedPrograms);
  programs->question_ = std::move(parsed->question);
  programs->own_rule_ = std::move(parsed->profile);
  programs->raw_ = std::move(*raw);
  programs->memory_ = std::make_shared<Memory>();
  return programs;
}

std::unique_ptr<const Verifier> SharedPrograms::VerifierFor(const std::string& profile) const {
  const std::string rule = profile == kOwnProfile ? own_rule_ : std::string(CodeRuleOf(profile));
  if (rule.empty()) return nullptr;
  return std::make_unique<ByRule>(shared_from_this(), rule, question_);
}

Verdict SharedPrograms::Judge(const std::string& program, std::chrono::milliseconds budget) const {
  const auto entry = memory_->EntryFor(program);
  const std::lock_guard lock(entry->judging);  // a second thread with the same program waits
  if (entry->verdict) return *entry->verdict;
  Verdict verdict = raw_->Check(program, budget);
  if (verdict.outcome != Outcome::kError) entry->verdict = verdict;
  return verdict;
}

}  // namespace assay
