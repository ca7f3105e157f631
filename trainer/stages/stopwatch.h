// trainer/stages/stopwatch.h -- Seconds of a step's phases.
#pragma once

#include <chrono>

namespace assay {

class Stopwatch {
 public:
  // Since the last call, or since it was made.
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace assay
