#include "runner/model/transformer/thread_team.h"

namespace assay {
namespace {

// About 20 microseconds: longer than a step of a small model takes, shorter than a scheduler's
// slice.
constexpr int kSpins = 2000;

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Returns when `value` is no longer `old`.
void AwaitChange(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    Pause();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

ThreadTeam::ThreadTeam(std::size_t threads) {
  for (std::size_t i = 1; i < threads; ++i) helpers_.emplace_back([this, i] { Help(i); });
}

ThreadTeam::~ThreadTeam() {
  closing_ = true;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void ThreadTeam::Run(const std::function<void(std::size_t)>& body) {
  body_ = &body;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  body(0);
  if (!helpers_.empty()) Barrier();
}

void ThreadTeam::Help(std::size_t thread) {
  std::uint32_t seen = 0;
  while (true) {
    AwaitChange(started_, seen);
    ++seen;
    if (closing_) return;
    (*body_)(thread);
    Barrier();
  }
}

void ThreadTeam::Barrier() {
  const std::uint32_t phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads()) {
    arrived_.store(0, std::memory_order_relaxed);
    next_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    phase_.notify_all();
    return;
  }
  AwaitChange(phase_, phase);
}

}  // namespace assay
