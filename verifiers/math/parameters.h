// verifiers/math/parameters.h -- General solutions: "\frac{\pi}{4} + k\pi, k \in \mathbb{Z}".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::math {

// An answer without the words at its end that make one letter stand for all integers.
struct GeneralSolution {
  std::string text;
  char parameter = 0;
};

// Nothing where no such words stand at the end of `text`, or the letter does not occur before them.
std::optional<GeneralSolution> ReadGeneralSolution(std::string_view text);

// `text` without the words that make one letter an integer parameter, with that letter as it is and
// as the customary n and k. Empty where no such words stand at the end. Only all integers: "k \in
// \mathbb{N}" says something else.
std::vector<std::string> WithoutIntegerParameter(std::string_view text);

// `text` with \text{…} and its like taken off their content.
std::string WithoutTextCommands(std::string_view text);

}  // namespace assay::math
