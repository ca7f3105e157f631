// tasks/review/review.h -- The machine reviewer behind `assay tasks check`.
#pragma once

#include <string>

#include "base/result.h"
#include "tasks/review/report.h"
#include "tasks/review/subject.h"

namespace assay {

// Reviews a pack (by folder or name) or a generated suite (by name). What is wrong in it, malformed
// lines included, is in the card; an error means that there was nothing to read.
Result<ReportCard> Review(const std::string& name, const ReviewOptions& options = {});

// The checks in the order they are run, with one line on what each asks for.
struct CheckInfo {
  std::string name;
  std::string asks;
};
const std::vector<CheckInfo>& ReviewChecks();

}  // namespace assay
