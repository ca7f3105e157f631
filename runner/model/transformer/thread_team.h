// runner/model/transformer/thread_team.h -- Threads that run one function together, step by step.
//
// A forward pass is hundreds of short loops with a barrier after each. The team's threads stay
// inside one function for the whole pass; Share hands out a loop's indices dynamically, and its
// barrier spins briefly before it sleeps. Which thread does what never changes a result.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace assay {

class ThreadTeam {
 public:
  // The caller of Run is the first of `threads` (at least 1).
  explicit ThreadTeam(std::size_t threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  std::size_t threads() const { return helpers_.size() + 1; }

  // Runs body(thread) on every thread and returns when all are done. One caller at a time.
  void Run(const std::function<void(std::size_t thread)>& body);

  // Inside Run only, by all threads in the same order: calls part(begin, end) for pieces of [0,
  // count) of at most `grain`, each once, and returns when all are done.
  template <class Part>
  void Share(std::int64_t count, std::int64_t grain, const Part& part) {
    if (helpers_.empty()) {
      if (count > 0) part(std::int64_t{0}, count);
      return;
    }
    while (true) {
      const std::int64_t begin = next_.fetch_add(grain, std::memory_order_relaxed);
      if (begin >= count) break;
      part(begin, begin + grain < count ? begin + grain : count);
    }
    Barrier();
  }
  // The largest piece that still gives every thread several.
  std::int64_t Grain(std::int64_t count) const {
    const std::int64_t grain = count / static_cast<std::int64_t>(8 * threads());
    return grain < 1 ? 1 : grain;
  }

 private:
  void Barrier();
  void Help(std::size_t thread);

  alignas(64) std::atomic<std::int64_t> next_ = 0;
  alignas(64) std::atomic<std::uint32_t> arrived_ = 0;
  alignas(64) std::atomic<std::uint32_t> phase_ = 0;
  alignas(64) std::atomic<std::uint32_t> started_ = 0;
  const std::function<void(std::size_t)>* body_ = nullptr;
  std::atomic<bool> closing_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace assay
