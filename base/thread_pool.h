// base/thread_pool.h -- A fixed set of threads that run jobs in the order they were handed in.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace assay {

// Threads this process may use at once: the affinity mask where one is set, at least 1.
std::size_t UsableThreads();

// Jobs must not throw. All methods are thread-safe.
class ThreadPool {
 public:
  // `max_waiting`: Submit blocks while that many jobs wait, so that a fast producer cannot fill the
  // memory; 0 means unbounded.
  explicit ThreadPool(std::size_t threads, std::size_t max_waiting = 0);
  // Finishes every submitted job first.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Submit(std::function<void()> job);
  // Returns when no job waits or runs.
  void Wait();
  std::size_t threads() const { return threads_.size(); }

 private:
  void Work();

  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable job_added_;
  std::condition_variable job_taken_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> waiting_;
  std::size_t running_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

// Calls body(i) for i in [0, count) on up to `threads` threads and returns when all are done.
void ParallelFor(std::size_t count, std::size_t threads,
                 const std::function<void(std::size_t)>& body);

}  // namespace assay
