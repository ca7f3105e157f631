// tasks/review/report.h -- What a review of a pack found: one line a check.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace assay {

enum class CheckStatus {
  kPassed,
  kFailed,
  kSkipped,  // does not apply, or could not be tried; the summary says which
};

struct CheckResult {
  std::string name;  // one word: "cheap"
  CheckStatus status = CheckStatus::kPassed;
  std::string summary;                // one clause with the figures
  std::vector<std::string> findings;  // what is wrong, one sentence each; never empty if failed
};

// kFailed if there are findings, else kPassed.
CheckResult Judged(std::string name, std::string summary, std::vector<std::string> findings);
CheckResult Skipped(std::string name, std::string why);

struct ReportCard {
  std::string suite;  // name and version
  std::string sha256;
  std::size_t problems = 0;
  std::size_t judged = 0;  // problems whose verdicts were tried
  std::vector<CheckResult> checks;

  bool Passed() const;
  // Null when no check has that name.
  const CheckResult* Find(const std::string& name) const;
};

// For people: a line a check, and below a failed one at most `shown` findings.
std::string ToText(const ReportCard& card, std::size_t shown = 5);
Json ToJson(const ReportCard& card);

}  // namespace assay
