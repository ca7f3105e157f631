// runner/store/store_queue.h -- Hands samples to the store from any thread, commits them in groups.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "runner/store/run_writer.h"

namespace assay {

// What Counted says of one sample once its end is safely stored.
struct Counted {
  std::int64_t problem = 0;
  std::int64_t sample = 0;
  SampleClass outcome_class = SampleClass::kFailed;
  double reward = 0;  // 0 where the verdict has none
  std::int64_t response_tokens = 0;
  bool stored_before = false;  // by an earlier process of this run
};

// One thread writes whatever is waiting as one transaction: a slow model's samples are stored one
// by one as they come, a fast one's in groups. Push is thread-safe and blocks while too much waits.
class StoreQueue {
 public:
  using OnCounted = std::function<void(const Counted&)>;
  // `writer` must outlive this. Calls, from its own thread: `on_counted` after each commit for each
  // verdict and failure in it; `on_broken` once, when the store cannot be written any more.
  StoreQueue(RunWriter& writer, OnCounted on_counted, std::function<void()> on_broken);
  ~StoreQueue();
  StoreQueue(const StoreQueue&) = delete;
  StoreQueue& operator=(const StoreQueue&) = delete;

  void PushResponse(std::int64_t problem, std::int64_t sample,
                    std::shared_ptr<const Response> response);
  void PushVerdict(StoredVerdict verdict, Finish finish, std::int64_t response_tokens);
  void PushFailure(FailureRecord failure);

  // Returns when everything pushed so far is stored and counted, or the store is broken.
  void Flush();
  // Stores what waits, ends the thread, and says whether all was stored. Idempotent.
  Result<void> Close();

 private:
  struct ResponseItem {
    std::int64_t problem;
    std::int64_t sample;
    std::shared_ptr<const Response> response;
  };
  struct VerdictItem {
    StoredVerdict verdict;
    Finish finish = {};
    std::int64_t response_tokens = 0;
  };
  using Item = std::variant<ResponseItem, VerdictItem, FailureRecord>;

  void Push(Item item);
  void Work();
  Result<void> Store(const std::deque<Item>& items);
  void Count(const std::deque<Item>& items);

  RunWriter& writer_;
  OnCounted on_counted_;
  std::function<void()> on_broken_;
  std::mutex mutex_;
  std::condition_variable pushed_;
  std::condition_variable taken_;
  std::deque<Item> waiting_;
  bool closing_ = false;
  bool busy_ = false;  // a transaction is under way
  std::optional<Error> broken_;
  std::thread thread_;
};

}  // namespace assay
