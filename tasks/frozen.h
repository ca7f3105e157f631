// tasks/frozen.h -- What assay-10k 1.0.0 is, once and for all: the contents of the suites that
// tasks/frozen_mix.inc and the families make. A change of any of it is a new version.
#pragma once

#include <string_view>

namespace assay {

// Suite::sha256 of assay-10k and assay-mini; empty while the suite is not frozen.
inline constexpr std::string_view kBenchmarkSha256 =
    "4d291ee8a18bba4ac0fa57ab0416feaa084bcef1191d712a8c877029b649e5c6";
inline constexpr std::string_view kMiniSha256 =
    "74c11fcdb163ca85fd81e203ce1b6a232f0dbff38680ba8e348b17f64ce6e566";

}  // namespace assay
