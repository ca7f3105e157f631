// tests/support/pace.h -- How much longer than elsewhere work takes in this build.
#pragma once

namespace assay {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kPace = 5;
#else
constexpr int kPace = 1;
#endif

}  // namespace assay
