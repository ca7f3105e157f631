// verifiers/code/output_compare.h -- Whether a program's output is the expected one.
#pragma once

#include <string>
#include <string_view>

namespace assay {

enum class OutputRule {
  kExact,   // byte by byte, but for white space at line ends and blank lines at the end
  kTokens,  // the same words, however they are spaced
  kFloats,  // the same words, where numbers may differ by the tolerance
};

struct OutputComparison {
  OutputRule rule = OutputRule::kTokens;
  double abs = 1e-6;  // of kFloats: |a - b| <= max(abs, rel * |expected|)
  double rel = 1e-6;
};

// "" when equal, else one clause that names the first difference. Linear.
std::string OutputDifference(std::string_view expected, std::string_view got,
                             const OutputComparison& comparison);

}  // namespace assay
