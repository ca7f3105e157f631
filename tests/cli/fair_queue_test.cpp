#include "cli/serve/fair_queue.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/support/catch.h"

namespace assay::serve {
namespace {

// Lets items through when told, and notes the order in which they were begun.
class Gate {
 public:
  JudgedLine Judge(std::string_view text) {
    std::unique_lock lock(mutex_);
    begun_.emplace_back(text);
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ > 0; });
    --open_;
    return {"<" + std::string(text) + ">", text == "bad" ? Outcome::kError : Outcome::kCorrect};
  }
  void Open(std::size_t count) {
    const std::lock_guard lock(mutex_);
    open_ += count;
    changed_.notify_all();
  }
  void AwaitBegun(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_.size() >= count; });
  }
  std::vector<std::string> begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
  std::vector<std::string> begun_;
};

class Ends {
 public:
  std::function<void()> Of(std::string name) {
    return [this, name = std::move(name)] {
      const std::lock_guard lock(mutex_);
      names_.push_back(name);
      changed_.notify_all();
    };
  }
  void Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return names_.size() >= count; });
  }
  std::vector<std::string> names() {
    const std::lock_guard lock(mutex_);
    return names_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> names_;
};

std::shared_ptr<Batch> Make(const std::vector<std::string_view>& texts,
                            std::function<void()> done) {
  auto batch = std::make_shared<Batch>();
  for (std::size_t i = 0; i < texts.size(); ++i) batch->items.push_back({i + 1, texts[i]});
  batch->done = std::move(done);
  return batch;
}

TEST_CASE("requests take turns, item by item") {
  Gate gate;
  Ends ends;
  FairQueue queue(1, 100, [&](std::size_t, std::string_view text) { return gate.Judge(text); });
  const auto many = Make({"a1", "a2", "a3", "a4"}, ends.Of("a"));
  const auto few = Make({"b1", "b2"}, ends.Of("b"));
  REQUIRE(queue.Add(many));
  gate.AwaitBegun(1);
  REQUIRE(queue.Add(few));
  gate.Open(6);
  ends.Await(2);
  // When a1 is done, b has waited for longer than the rest of a.
  CHECK(gate.begun() == std::vector<std::string>{"a1", "b1", "a2", "b2", "a3", "a4"});
  CHECK(ends.names() == std::vector<std::string>{"b", "a"});
  CHECK(many->answers == std::vector<std::string>{"<a1>", "<a2>", "<a3>", "<a4>"});
  CHECK(few->answers == std::vector<std::string>{"<b1>", "<b2>"});
  CHECK(queue.Counts().judged == 6);
}

TEST_CASE("who has nothing being judged goes first") {
  Gate gate;
  Ends ends;
  FairQueue queue(2, 100, [&](std::size_t, std::string_view text) { return gate.Judge(text); });
  REQUIRE(queue.Add(Make({"a1", "a2", "a3", "a4"}, ends.Of("a"))));
  gate.AwaitBegun(2);  // both threads
  REQUIRE(queue.Add(Make({"b1", "b2"}, ends.Of("b"))));
  gate.Open(1);
  gate.AwaitBegun(3);
  CHECK(gate.begun().back() == "b1");
  gate.Open(5);
  ends.Await(2);
}

TEST_CASE("items that do not fit are refused whole") {
  Gate gate;
  Ends ends;
  FairQueue queue(1, 3, [&](std::size_t, std::string_view text) { return gate.Judge(text); });
  CHECK_FALSE(queue.Add(Make({"a", "b", "c", "d"}, ends.Of("no"))));
  REQUIRE(queue.Add(Make({"a1", "a2", "a3"}, ends.Of("a"))));
  gate.AwaitBegun(1);  // two wait
  CHECK_FALSE(queue.Add(Make({"b1", "b2"}, ends.Of("no"))));
  REQUIRE(queue.Add(Make({"c1"}, ends.Of("c"))));
  CHECK(queue.Counts().waiting == 3);
  gate.Open(4);
  ends.Await(2);
  CHECK(queue.Counts().waiting == 0);
  CHECK(queue.Counts().judged == 4);
}

TEST_CASE("what nobody has begun can be cancelled") {
  Gate gate;
  Ends ends;
  FairQueue queue(1, 100, [&](std::size_t, std::string_view text) { return gate.Judge(text); });
  const auto gone = Make({"a1", "a2", "a3"}, ends.Of("a"));
  REQUIRE(queue.Add(gone));
  gate.AwaitBegun(1);
  queue.Cancel(gone);
  queue.Cancel(gone);
  CHECK(queue.Counts().waiting == 0);
  CHECK(queue.Counts().cancelled == 2);
  REQUIRE(queue.Add(Make({"b1", "bad"}, ends.Of("b"))));
  gate.Open(3);
  ends.Await(1);
  CHECK(ends.names() == std::vector<std::string>{"b"});
  CHECK(gate.begun() == std::vector<std::string>{"a1", "b1", "bad"});
  CHECK(queue.Counts().errors == 1);
}

TEST_CASE("many requests at once: each gets its own answers, once") {
  constexpr std::size_t kRequests = 300;
  std::atomic<std::size_t> ended = 0;
  std::vector<std::shared_ptr<Batch>> batches;
  std::vector<std::vector<std::string>> texts(kRequests);
  {
    FairQueue queue(4, 1'000'000, [](std::size_t number, std::string_view text) {
      return JudgedLine{fmt::format("{}:{}", number, text), Outcome::kCorrect};
    });
    for (std::size_t i = 0; i < kRequests; ++i) {
      for (std::size_t k = 0; k <= i % 7; ++k) texts[i].push_back(fmt::format("{}/{}", i, k));
      auto batch = std::make_shared<Batch>();
      for (std::size_t k = 0; k < texts[i].size(); ++k) batch->items.push_back({k, texts[i][k]});
      batch->done = [&ended] { ++ended; };
      REQUIRE(queue.Add(batch));
      batches.push_back(std::move(batch));
    }
    while (ended < kRequests) std::this_thread::yield();
  }
  CHECK(ended == kRequests);
  for (std::size_t i = 0; i < kRequests; ++i) {
    REQUIRE(batches[i]->answers.size() == texts[i].size());
    for (std::size_t k = 0; k < texts[i].size(); ++k)
      CHECK(batches[i]->answers[k] == fmt::format("{}:{}", k, texts[i][k]));
  }
}

TEST_CASE("an end drops what waits and finishes what runs") {
  Gate gate;
  Ends ends;
  {
    FairQueue queue(1, 100, [&](std::size_t, std::string_view text) { return gate.Judge(text); });
    REQUIRE(queue.Add(Make({"a1", "a2", "a3"}, ends.Of("a"))));
    gate.AwaitBegun(1);
    gate.Open(3);  // the thread may take the next one before it is told to end
  }
  CHECK(gate.begun().front() == "a1");
}

}  // namespace
}  // namespace assay::serve
