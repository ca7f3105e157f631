// tasks/frozen.h -- What assay-10k 1.0.0 is, once and for all: the contents of the suites that
// tasks/frozen_mix.inc and the families make. A change of any of it is a new version.
#pragma once

#include <string_view>

namespace assay {

// Suite::sha256 of assay-10k and assay-mini; empty while the suite is not frozen.
inline constexpr std::string_view kBenchmarkSha256 =
    "385a874cfbf292197b1957aecc9073eed797d5e6e275419fd6a50c1cfd1f1108";
inline constexpr std::string_view kMiniSha256 =
    "004579a1aaf7096e1a2c89d5e1047915c2379696f1833af46583993f3ceabaff";

}  // namespace assay
