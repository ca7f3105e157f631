// reports/table.h -- The closing table of a run, for people.
#pragma once

#include <string>

#include "reports/summary.h"

namespace assay {

// Suites and their domains: problems, samples, pass@k in % with the 95 % interval, and every class
// of sample that is neither correct nor wrong and occurs. Notes below the table say what widens a
// score, and where more than `truncated_share` of the samples were cut off and are not correct.
std::string RenderTable(const Summary& summary, double truncated_share = 0.05);

// "41.2 [35.0, 47.6]": per cent with its interval.
std::string Percent(const Estimate& estimate);

}  // namespace assay
