#include "runner/model/cuda/spread.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace assay::cuda {
namespace {

using Work = std::function<Result<void>(std::int64_t part)>;

// Threads that do the same piece of work at once, and are waited for: one for each part, always the
// same.
class Crew {
 public:
  explicit Crew(std::int64_t parts) : results_(static_cast<std::size_t>(parts)) {
    for (std::int64_t i = 0; i < parts; ++i) threads_.emplace_back([this, i] { Serve(i); });
  }
  ~Crew() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    begun_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // The first failure in order of the parts.
  Result<void> Do(const Work& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    ++round_;
    left_ = results_.size();
    begun_.notify_all();
    ended_.wait(lock, [this] { return left_ == 0; });
    for (const Result<void>& result : results_) {
      if (!result) return result;
    }
    return {};
  }

 private:
  void Serve(std::int64_t part) {
    std::uint64_t done = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      begun_.wait(lock, [&] { return closing_ || round_ != done; });
      if (closing_) return;
      done = round_;
      const Work& work = *work_;
      lock.unlock();
      Result<void> result = work(part);
      lock.lock();
      results_[static_cast<std::size_t>(part)] = std::move(result);
      if (--left_ == 0) ended_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable begun_;
  std::condition_variable ended_;
  const Work* work_ = nullptr;
  std::uint64_t round_ = 0;
  std::size_t left_ = 0;
  bool closing_ = false;
  std::vector<Result<void>> results_;
  std::vector<std::thread> threads_;
};

class SpreadBackend : public Backend {
 public:
  explicit SpreadBackend(std::int64_t parts)
      : parts_(static_cast<std::size_t>(parts)), crew_(parts) {}
  // Each on its own thread: what a part holds of its GPU it leaves there.
  ~SpreadBackend() override {
    (void)crew_.Do([this](std::int64_t i) {
      parts_[static_cast<std::size_t>(i)].reset();
      return Result<void>();
    });
  }

  Result<void> Make(
      const std::function<Result<std::unique_ptr<Backend>>(std::int64_t part)>& make) {
    return crew_.Do([&](std::int64_t i) -> Result<void> {
      auto made = make(i);
      if (!made) return Pass(made.error());
      parts_[static_cast<std::size_t>(i)] = *std::move(made);
      return {};
    });
  }

  const ModelConfig& config() const override { return First().config(); }
  std::int64_t most_rows() const override { return First().most_rows(); }
  std::int64_t most_samples() const override { return First().most_samples(); }
  PagePool& pages() override { return parts_[0]->pages(); }

  void CopyPage(PageId from, PageId to) override {
    (void)All([&](Backend& part) {
      part.CopyPage(from, to);
      return Result<void>();
    });
  }
  Result<void> Forward(std::span<const ForwardRow> rows) override {
    return All([&](Backend& part) { return part.Forward(rows); });
  }
  void Keep(std::int64_t place, std::int64_t kept) override {
    (void)All([&](Backend& part) {
      part.Keep(place, kept);
      return Result<void>();
    });
  }
  Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) override {
    return All([&](Backend& part) { return part.StartDraw(vocabulary, from); });
  }
  Result<void> FinishDraw(std::span<std::optional<Draw>> draws) override {
    return All([&](Backend& part) {
      const bool first = &part == parts_[0].get();
      return part.FinishDraw(first ? draws : std::span<std::optional<Draw>>());
    });
  }
  bool draws_ahead() const override { return First().draws_ahead(); }
  Result<void> Reload() override {
    return All([](Backend& part) { return part.Reload(); });
  }
  std::string Description() const override { return First().Description(); }
  std::string Arithmetic() const override { return First().Arithmetic(); }

 private:
  const Backend& First() const { return *parts_[0]; }

  template <class Call>
  Result<void> All(const Call& call) {
    return crew_.Do([&](std::int64_t i) { return call(*parts_[static_cast<std::size_t>(i)]); });
  }

  std::vector<std::unique_ptr<Backend>> parts_;
  Crew crew_;
};

}  // namespace

Result<std::unique_ptr<Backend>> Spread(
    std::int64_t parts,
    const std::function<Result<std::unique_ptr<Backend>>(std::int64_t part)>& make) {
  auto spread = std::make_unique<SpreadBackend>(parts);
  if (auto made = spread->Make(make); !made) return Pass(made.error());
  return spread;
}

}  // namespace assay::cuda
