#include "runner/model/endpoint_pace.h"

#include <algorithm>
#include <cmath>

namespace assay {

EndpointPace::EndpointPace(std::size_t start, std::size_t most)
    : window_(static_cast<double>(std::max<std::size_t>(1, std::min(start, most)))),
      most_(static_cast<double>(std::max<std::size_t>(1, most))) {}

void EndpointPace::Succeeded() {
  unnamed_in_a_row_ = 0;
  window_ = std::min(most_, window_ + (starting_ ? 1 : 1 / window_));
}

void EndpointPace::SlowDown(Time now, std::chrono::milliseconds retry_after) {
  if (now >= not_before_) {  // the first complaint of this pause, not an echo of it
    window_ = std::max(1.0, window_ * 2 / 3);
    starting_ = false;
    if (retry_after.count() <= 0) ++unnamed_in_a_row_;
  }
  if (retry_after.count() <= 0) {
    const double seconds =
        std::min(30.0, 0.25 * std::pow(2.0, std::min(unnamed_in_a_row_, 10) - 1));
    retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
    if (now < not_before_) return;
  }
  not_before_ = std::max(not_before_, now + retry_after);
}

std::chrono::milliseconds RetryDelay(const Key& key, int attempt) {
  const double seconds = std::min(30.0, 0.5 * std::pow(2.0, attempt - 1));
  const double factor = 0.5 + 0.5 * key.With("retry").Uniform(static_cast<std::uint64_t>(attempt));
  return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds * factor));
}

}  // namespace assay
