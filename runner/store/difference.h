// runner/store/difference.h -- Why one run is not another.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// For people: the first place where two identity documents differ, "seed: 1 there, 2 here".
std::string FirstDifference(std::string_view there, std::string_view here);

}  // namespace assay
