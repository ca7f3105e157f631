// cli/serve/fair_queue.h -- Items of many requests, judged by one set of threads in fair turns.
//
// A thread that is free takes an item of the request that has the fewest items being judged, of
// several such that which waited longest. So a request of one quick item passes one of a thousand
// slow ones, and equal requests go on in step.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/serve/items.h"
#include "verifiers/line_judge.h"

namespace assay::serve {

// One request's items. Whoever made it fills `body`, `items` and `done`, hands it to Add, and
// leaves it alone until `done` was called; then every item has its answer.
struct Batch {
  std::string body;  // what the items' texts are pieces of
  std::vector<Item> items;
  // Called once, by a judging thread; not called for a batch that was cancelled. Must not throw.
  std::function<void()> done;
  std::vector<std::string> answers;

 private:
  friend class FairQueue;
  std::size_t next_ = 0;  // the first item that nobody took
  std::size_t judged_ = 0;
  std::size_t running_ = 0;
  bool cancelled_ = false;
  bool listed_ = false;  // in the list of its `running_`, at `place_`
  std::list<std::shared_ptr<Batch>>::iterator place_;
};

struct QueueCounts {
  std::size_t waiting = 0, running = 0;               // items, now
  std::size_t judged = 0, errors = 0, cancelled = 0;  // items, since the start
};

// All methods are thread-safe.
class FairQueue {
 public:
  using JudgeItem = std::function<JudgedLine(std::size_t number, std::string_view text)>;

  // At most `most_waiting` items wait. `judge` is called from `threads` threads and must not throw.
  FairQueue(std::size_t threads, std::size_t most_waiting, JudgeItem judge);
  // Items being judged are finished, those that wait are dropped.
  ~FairQueue();
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // False, and nothing is done, where the items do not fit. A batch must have items.
  bool Add(const std::shared_ptr<Batch>& batch);
  // Items that nobody has begun are dropped. `done` may still be called where the last item was
  // being finished meanwhile.
  void Cancel(const std::shared_ptr<Batch>& batch);
  QueueCounts Counts() const;
  std::size_t threads() const { return threads_.size(); }
  std::size_t most_waiting() const { return most_waiting_; }

 private:
  void Work();
  void List(const std::shared_ptr<Batch>& batch);
  void Unlist(Batch& batch);
  std::shared_ptr<Batch> First() const;

  const std::size_t most_waiting_;
  const JudgeItem judge_;
  mutable std::mutex mutex_;
  std::condition_variable added_;
  // Batches with items that wait, by how many of theirs are being judged; each in turn.
  std::vector<std::list<std::shared_ptr<Batch>>> by_running_;
  QueueCounts counts_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace assay::serve
