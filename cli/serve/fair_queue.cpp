#include "cli/serve/fair_queue.h"

#include <algorithm>
#include <utility>

namespace assay::serve {

FairQueue::FairQueue(std::size_t threads, std::size_t most_waiting, JudgeItem judge)
    : most_waiting_(most_waiting),
      judge_(std::move(judge)),
      by_running_(std::max<std::size_t>(1, threads) + 1) {
  for (std::size_t i = 0; i + 1 < by_running_.size(); ++i)
    threads_.emplace_back([this] { Work(); });
}

FairQueue::~FairQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  added_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool FairQueue::Add(const std::shared_ptr<Batch>& batch) {
  const std::size_t count = batch->items.size();
  batch->answers.resize(count);
  {
    const std::lock_guard lock(mutex_);
    if (count > most_waiting_ - std::min(most_waiting_, counts_.waiting)) return false;
    counts_.waiting += count;
    List(batch);
  }
  if (count == 1) {
    added_.notify_one();
  } else {
    added_.notify_all();
  }
  return true;
}

void FairQueue::Cancel(const std::shared_ptr<Batch>& batch) {
  const std::lock_guard lock(mutex_);
  if (batch->cancelled_) return;
  batch->cancelled_ = true;
  Unlist(*batch);
  const std::size_t dropped = batch->items.size() - batch->next_;
  counts_.waiting -= dropped;
  counts_.cancelled += dropped;
  batch->next_ = batch->items.size();
}

QueueCounts FairQueue::Counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void FairQueue::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::shared_ptr<Batch> batch;
    added_.wait(lock, [&] { return closing_ || (batch = First()) != nullptr; });
    if (closing_) return;
    Unlist(*batch);
    const std::size_t index = batch->next_++;
    ++batch->running_;
    --counts_.waiting;
    ++counts_.running;
    List(batch);
    lock.unlock();
    JudgedLine judged = judge_(batch->items[index].number, batch->items[index].text);
    lock.lock();
    --counts_.running;
    ++counts_.judged;
    if (judged.outcome == Outcome::kError) ++counts_.errors;
    Unlist(*batch);
    --batch->running_;
    List(batch);
    batch->answers[index] = std::move(judged.text);
    if (++batch->judged_ == batch->items.size() && !batch->cancelled_) {
      lock.unlock();
      batch->done();
      batch.reset();
      lock.lock();
    }
  }
}

void FairQueue::List(const std::shared_ptr<Batch>& batch) {
  if (batch->next_ == batch->items.size()) return;
  auto& list = by_running_[batch->running_];
  batch->place_ = list.insert(list.end(), batch);
  batch->listed_ = true;
}

void FairQueue::Unlist(Batch& batch) {
  if (!batch.listed_) return;
  by_running_[batch.running_].erase(batch.place_);
  batch.listed_ = false;
}

std::shared_ptr<Batch> FairQueue::First() const {
  for (const auto& list : by_running_) {
    if (!list.empty()) return list.front();
  }
  return nullptr;
}

}  // namespace assay::serve
