// tasks/frozen.h -- What assay-10k 1.0.0 is, once and for all: the contents of the suites that
// tasks/frozen_mix.inc and the families make. A change of any of it is a new version.
#pragma once

#include <string_view>

namespace assay {

// Suite::sha256 of assay-10k and assay-mini; empty while the suite is not frozen.
inline constexpr std::string_view kBenchmarkSha256 =
    "d214713711a6f25887439c25eed35beaa2d420523d89fbea5dd4b9ab22837e25";
inline constexpr std::string_view kMiniSha256 =
    "4188e569a5780acca038fdc41e548a841dfbe844f51038ae0921d35986d6a37b";

}  // namespace assay
