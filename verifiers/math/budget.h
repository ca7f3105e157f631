// verifiers/math/budget.h -- How much work one verdict may cost. Counted in steps, so that the same
// input ends the same way on every machine; the clock is only a backstop.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace assay::math {

// One step is about 0.1 µs of arithmetic. One thread at a time.
class Budget {
 public:
  // CPU time of the calling thread: a busy machine must not change a verdict.
  struct Clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
    static time_point now() {
      timespec now{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
      return time_point(std::chrono::seconds(now.tv_sec) + duration(now.tv_nsec));
    }
  };
  explicit Budget(std::int64_t steps = kDefaultSteps) : left_(steps) {}
  Budget(std::int64_t steps, Clock::time_point deadline)
      : left_(steps), deadline_(deadline), timed_(true) {}

  // False once the steps are spent: the caller gives up and says so.
  bool Spend(std::int64_t steps) {
    left_ -= steps;
    if (left_ < 0) return false;
    since_clock_ += steps;
    if (timed_ && since_clock_ > 20'000) {
      since_clock_ = 0;
      if (Clock::now() > deadline_) left_ = -1;
    }
    return left_ >= 0;
  }
  bool spent() const { return left_ < 0; }

  static constexpr std::int64_t kDefaultSteps = 200'000;

 private:
  std::int64_t left_;
  std::int64_t since_clock_ = 0;
  Clock::time_point deadline_{};
  bool timed_ = false;
};

}  // namespace assay::math
