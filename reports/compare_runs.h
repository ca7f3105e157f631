// reports/compare_runs.h -- Two stored runs, problem by problem.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "reports/paired.h"
#include "runner/store/run_reader.h"

namespace assay {

struct FlippedProblem {
  std::string id;
  ProblemCounts a;
  ProblemCounts b;
};

struct SuiteComparison {
  std::string suite;
  PairedComparison paired;
  double p_adjusted = 1;  // Holm's, over the suites compared
  double a = 0;           // pass@1 over the shared problems
  double b = 0;
  std::vector<FlippedProblem> flips;  // by size of the change, then by id
  bool same_content = true;           // prompts, references and verifiers are equal in both
};

// The suites that both runs hold, over the problems that have counted samples in both, under one
// profile. kInput when they share none.
Result<std::vector<SuiteComparison>> CompareRuns(RunReader& a, RunReader& b,
                                                 const std::string& profile);

Json ToJson(const SuiteComparison& comparison);

}  // namespace assay
