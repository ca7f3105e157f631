// reports/html.h -- One self-contained page for a run: no network, one file, readable in ten years.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace assay {

// The page of `report`, the document that `assay report --json` prints:
//
//   {"run": {"model", "subtitle", …},
//    "rows": [{"suite", "group": "all"|"domain"|"level"|"tag", "name", "problems", "samples",
//              "pass": {"1": {"value", "low", "high"}, …}, "counts": {"correct": n, "wrong": n,
//              …}}],
//    "problems": [{"suite", "id", "domain", "level", "tags", "prompt", "reference",
//                  "samples": [{"sample", "outcome", "reward", "answer", "reason", "span": [begin,
//                  end]|null,
//                               "finish", "tokens", "mean_logprob"|null, "text"}]}]}
//
// A comparison of two runs adds "comparison": {"a", "b", "suites": […]} (reports/compare_page.h)
// and to each sample its "run", "A" or "B".
//
// Text of models and problems reaches the page as data only: it can neither run nor change the
// page.
std::string RenderPage(std::string_view title, const Json& report);

// A page with this body and script in the shell that all pages share.
std::string FillPage(std::string_view title, std::string_view body, std::string_view script,
                     const Json& data);

}  // namespace assay
