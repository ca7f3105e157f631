// verifiers/math/parameters.h -- General solutions: "\frac{\pi}{4} + k\pi, k \in \mathbb{Z}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::math {

// `text` without the words that make one letter an integer parameter, with that letter as it is and
// as the customary n and k. Empty where no such words stand at the end. Only all integers: "k \in
// \mathbb{N}" says something else.
std::vector<std::string> WithoutIntegerParameter(std::string_view text);

// `text` with \text{…} and its like taken off their content.
std::string WithoutTextCommands(std::string_view text);

}  // namespace assay::math
