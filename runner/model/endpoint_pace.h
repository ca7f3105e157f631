// runner/model/endpoint_pace.h -- How many requests may be in flight, and when the next may start.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/rng.h"

namespace assay {

// Grows by one for each success while it is starting, then by one for each full window of
// successes; shrinks by a third, once a pause, when the server says "slow down", and lets nobody
// start before the time the server named. Failures of other kinds do not shrink it. No clock of its
// own. One thread at a time.
class EndpointPace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  EndpointPace(std::size_t start, std::size_t most);

  std::size_t window() const { return static_cast<std::size_t>(window_); }
  // Nothing may start before this.
  Time not_before() const { return not_before_; }

  void Succeeded();
  // `retry_after` zero: the server named no time; the pause then doubles from 0.25 s up to 30 s.
  void SlowDown(Time now, std::chrono::milliseconds retry_after);

 private:
  double window_;
  double most_;
  bool starting_ = true;
  int unnamed_in_a_row_ = 0;
  Time not_before_{};
};

// How long one request waits before its `attempt`-th retry (from 1): half a second, doubled each
// time up to 30 s, times a keyed factor between one half and one.
std::chrono::milliseconds RetryDelay(const Key& key, int attempt);

}  // namespace assay
