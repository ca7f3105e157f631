#include "runner/store/store_queue.h"

#include <utility>

namespace assay {
namespace {
constexpr std::size_t kMostWaiting = 4096;
}

StoreQueue::StoreQueue(RunWriter& writer, OnCounted on_counted, std::function<void()> on_broken)
    : writer_(writer),
      on_counted_(std::move(on_counted)),
      on_broken_(std::move(on_broken)),
      thread_([this] { Work(); }) {}

StoreQueue::~StoreQueue() { (void)Close(); }

void StoreQueue::PushResponse(std::int64_t problem, std::int64_t sample,
                              std::shared_ptr<const Response> response) {
  Push(ResponseItem{problem, sample, std::move(response)});
}

void StoreQueue::PushVerdict(StoredVerdict verdict, Finish finish, std::int64_t response_tokens) {
  Push(VerdictItem{std::move(verdict), finish, response_tokens});
}

void StoreQueue::PushFailure(FailureRecord failure) { Push(std::move(failure)); }

void StoreQueue::Push(Item item) {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return waiting_.size() < kMostWaiting || broken_; });
  if (broken_) return;  // nothing more can be stored; Close tells
  waiting_.push_back(std::move(item));
  pushed_.notify_one();
}

void StoreQueue::Flush() {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return (waiting_.empty() && !busy_) || broken_; });
}

Result<void> StoreQueue::Close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    pushed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  if (broken_) return Pass(*broken_);
  return {};
}

void StoreQueue::Work() {
  for (;;) {
    std::deque<Item> items;
    {
      std::unique_lock lock(mutex_);
      busy_ = false;
      taken_.notify_all();
      pushed_.wait(lock, [&] { return !waiting_.empty() || closing_; });
      if (waiting_.empty()) return;
      items.swap(waiting_);
      busy_ = true;
      taken_.notify_all();
    }
    const auto stored = Store(items);
    if (stored) {
      Count(items);
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      broken_ = stored.error();
      waiting_.clear();
      taken_.notify_all();
    }
    on_broken_();
    return;
  }
}

Result<void> StoreQueue::Store(const std::deque<Item>& items) {
  for (const Item& item : items) {
    Result<void> put;
    if (const auto* response = std::get_if<ResponseItem>(&item)) {
      put = writer_.Put(response->problem, response->sample, *response->response);
    } else if (const auto* verdict = std::get_if<VerdictItem>(&item)) {
      put = writer_.Put(verdict->verdict);
    } else {
      put = writer_.Put(std::get<FailureRecord>(item));
    }
    if (!put) return put;
  }
  return writer_.Commit();
}

void StoreQueue::Count(const std::deque<Item>& items) {
  for (const Item& item : items) {
    Counted counted;
    if (const auto* verdict = std::get_if<VerdictItem>(&item)) {
      const StoredVerdict& stored = verdict->verdict;
      counted.problem = stored.problem;
      counted.sample = stored.sample;
      counted.outcome_class = Classify(stored.verdict.outcome, verdict->finish);
      counted.reward = stored.verdict.reward.value_or(0);
      counted.response_tokens = verdict->response_tokens;
    } else if (const auto* failure = std::get_if<FailureRecord>(&item)) {
      counted.problem = failure->problem;
      counted.sample = failure->sample;
    } else {
      continue;
    }
    on_counted_(counted);
  }
}

}  // namespace assay
