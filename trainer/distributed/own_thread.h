// trainer/distributed/own_thread.h -- A call that may never return, in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"

namespace assay {

// Whoever started the call may turn away from it: `call` must own all that it touches.
class OwnThread {
 public:
  explicit OwnThread(std::function<Result<void>()> call) {
    std::thread([state = state_, call = std::move(call)] {
      Result<void> ended;
      try {
        ended = call();
      } catch (const std::exception& error) {
        const std::string text = error.what();
        ended = Fail(ErrorCode::kUnavailable, "{}", text.substr(0, text.find('\n')));
      }
      const std::lock_guard lock(state->mutex);
      state->ended = std::move(ended);
      state->wake.notify_all();
    }).detach();
  }

  // What the call returned, or that it threw; nothing while it runs.
  std::optional<Result<void>> ended() const { return EndedWithin(std::chrono::milliseconds(0)); }
  std::optional<Result<void>> EndedWithin(std::chrono::microseconds time) const {
    std::unique_lock lock(state_->mutex);
    state_->wake.wait_for(lock, time, [this] { return state_->ended.has_value(); });
    return state_->ended;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Result<void>> ended;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace assay
