// reports/compare_page.h -- Two runs as one page: the comparison, both scores, every problem with
// the samples of both.
#pragma once

#include <string>
#include <vector>

#include "reports/compare_runs.h"

namespace assay {

// The document that RenderPage takes (reports/html.h), with "comparison": {"a", "b", "suites"} and
// each sample's "run", "A" or "B". `name_a` and `name_b` say which runs they are.
Result<Json> ComparisonReport(RunReader& a, RunReader& b, const std::string& name_a,
                              const std::string& name_b, const std::vector<SuiteComparison>& suites,
                              const std::string& profile);

}  // namespace assay
