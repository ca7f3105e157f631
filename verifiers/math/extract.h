// verifiers/math/extract.h -- Where in a response the answer stands.
//
// The default order, the first that is present: the last \boxed or \fbox; the last "final answer
// is …"; the last "####"; the last <answer>…</answer>, "answer is …" or "answer: …"; bold text in
// the last paragraph; the last formula; the last plain expression. Only what follows the last
// </think> is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::math {

// One reading of where the answer stands.
struct Extraction {
  std::string text;       // the answer as it will be parsed
  std::size_t begin = 0;  // the span in the response that it was taken from
  std::size_t end = 0;
  const char* rule = "";    // "box", "final answer", "####", "answer", "whole", "formula", …
  bool multiple = false;    // several marks were joined
  std::string_view behind;  // the response from the end of the answer
};

struct ExtractionRules {
  bool boxed_only = false;  // nothing but a box counts
};

// The candidates, best first; the later ones count only when the ones before cannot be parsed as
// mathematics. Empty: no answer; `why` says what was missing. One pass over any bytes.
std::vector<Extraction> Extract(std::string_view response, const ExtractionRules& rules,
                                const char** why);

}  // namespace assay::math
