// reports/export.h -- A run as files for other programs.
#pragma once

#include <functional>
#include <string>

#include "reports/summary.h"

namespace assay {

// {"run", "rows", "problems"}: see reports/html.h. Holds no times, so that equal runs give equal
// bytes however they were interrupted. `texts` false leaves "problems" out. "left_out" says how
// many samples SummaryOptions::most_listed kept from being listed; what is counted is all of them.
Result<Json> ExportReport(RunReader& run, const SummaryOptions& options, bool texts);

// One line a sample: suite, problem, sample, domain, level, outcome, reward, finish, tokens,
// answer. RFC 4180, with a head line.
Result<std::string> ExportCsv(RunReader& run, const std::string& profile);

// The results document of lm-evaluation-harness (schema of 0.4): "results", "configs", "versions",
// "n-shot", "n-samples", with pass@k and its clustered standard error by suite.
Json ExportLmEval(const RunRecord& run, const std::vector<SuiteRecord>& suites,
                  const Summary& summary);

}  // namespace assay
