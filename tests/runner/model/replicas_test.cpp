// Several batchers on one run: the same samples, all of them once, fairly shared; one that fails
// takes only its own along.
#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "runner/model/decode/batcher.h"
#include "runner/model/decode/cpu_backend.h"
#include "runner/model/local_model.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

constexpr std::int64_t kSamples = 4;  // of each replica at once

// Where replicas wait for each other before their first pass: whoever is fast must not be done
// before another one has begun. Gives up where not all come.
struct Start {
  int expected = 1;
  std::atomic<int> come{0};
  void Wait() {
    ++come;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (come < expected && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
};

// A device that fails at its `passes`-th pass.
class Frail : public Backend {
 public:
  Frail(std::int64_t passes, Start& start) : start_(start), left_(passes) {
    auto loaded =
        Transformer::Load(ChainConfig(), std::make_shared<ChainWeights>(ChainOf("abcdefgh")),
                          kernels::WeightFormat::kF32, std::make_shared<ThreadTeam>(1));
    if (!loaded) FAIL(loaded.error().message);
    whole_ = std::make_unique<CpuBackend>(*std::move(loaded), CacheFormat::kF32,
                                          200 * KvPool::PageBytes(ChainConfig(), CacheFormat::kF32),
                                          kSamples);
  }
  const ModelConfig& config() const override { return whole_->config(); }
  std::int64_t most_rows() const override { return whole_->most_rows(); }
  std::int64_t most_samples() const override { return whole_->most_samples(); }
  PagePool& pages() override { return whole_->pages(); }
  void CopyPage(PageId from, PageId to) override { whole_->CopyPage(from, to); }
  Result<void> Forward(std::span<const ForwardRow> rows) override {
    if (!begun_) start_.Wait();
    begun_ = true;
    if (--left_ < 0) return Fail(ErrorCode::kInternal, "the device failed");
    return whole_->Forward(rows);
  }
  void Keep(std::int64_t place, std::int64_t kept) override { whole_->Keep(place, kept); }
  Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) override {
    return whole_->StartDraw(vocabulary, from);
  }
  Result<void> FinishDraw(std::span<std::optional<Draw>> draws) override {
    return whole_->FinishDraw(draws);
  }
  Result<void> Reload() override { return whole_->Reload(); }
  std::string Description() const override { return "frail"; }
  std::string Arithmetic() const override { return whole_->Arithmetic(); }

 private:
  std::unique_ptr<CpuBackend> whole_;
  Start& start_;
  bool begun_ = false;
  std::int64_t left_;
};

struct Outcome {
  std::string text;
  std::string error;
  Finish finish = Finish::kStop;
};

struct Replicas {
  // Replica i survives passes[i] passes.
  explicit Replicas(const std::vector<std::int64_t>& passes) {
    start.expected = static_cast<int>(passes.size());
    for (const std::int64_t count : passes) {
      backends.push_back(std::make_unique<Frail>(count, start));
      own.push_back(std::make_unique<Batcher>(*backends.back(), ByteTokenizer(),
                                              BatchLimits{kSamples, 260, {258}}));
      batchers.push_back(own.back().get());
    }
    sampling.temperature = 1;
    sampling.max_tokens = 30;
  }

  // Three samples of each of `prompts` prompts.
  std::map<std::size_t, Outcome> Run(int prompts, const std::stop_token& stop = {}) {
    std::vector<DecodeGroup> groups;
    for (int p = 0; p < prompts; ++p) {
      DecodeGroup group{std::vector<TokenId>(static_cast<std::size_t>(1 + p % 5), 'a' + p % 7), {}};
      for (int i = 0; i < 3; ++i) {
        const auto request = static_cast<std::size_t>(3 * p + i);
        group.jobs.push_back({request, &sampling, Key("replicas", 1).With(request)});
      }
      groups.push_back(std::move(group));
    }
    std::map<std::size_t, Outcome> outcomes;
    std::atomic<bool> busy{false};
    Batcher::RunTogether(
        batchers, std::move(groups),
        [&](std::size_t request, Result<Response> response) {
          CHECK_FALSE(busy.exchange(true));
          CHECK(outcomes.count(request) == 0);
          outcomes[request] = response ? Outcome{response->text, "", response->finish}
                                       : Outcome{"", response.error().message, Finish::kStop};
          busy = false;
        },
        stop);
    for (const auto& backend : backends) {
      CHECK(backend->pages().free_pages() == backend->pages().pages());
    }
    return outcomes;
  }

  Start start;
  std::vector<std::unique_ptr<Frail>> backends;
  std::vector<std::unique_ptr<Batcher>> own;
  std::vector<Batcher*> batchers;
  Sampling sampling;
};

constexpr std::int64_t kForEver = 1 << 30;

TEST_CASE("replicas draw what one model draws, and each draws its share") {
  const auto expected = Replicas({kForEver}).Run(40);
  REQUIRE(expected.size() == 120);
  Replicas three({kForEver, kForEver, kForEver});
  const auto drawn = three.Run(40);
  REQUIRE(drawn.size() == 120);
  for (const auto& [request, outcome] : drawn) {
    CHECK(outcome.error.empty());
    CHECK(outcome.text == expected.at(request).text);
  }
  for (const Batcher* batcher : three.batchers) CHECK(batcher->statistics().prompt_rows >= 1);
}

TEST_CASE("a replica that has little to share with leaves some to the others") {
  Replicas two({kForEver, kForEver});
  CHECK(two.Run(2).size() == 6);  // three samples each, where one could have taken four
  for (const Batcher* batcher : two.batchers) CHECK(batcher->statistics().prompt_rows >= 1);
}

TEST_CASE("what a failing replica had begun fails, the others draw the rest") {
  const auto expected = Replicas({kForEver}).Run(40);
  const auto drawn = Replicas({3, kForEver}).Run(40);
  REQUIRE(drawn.size() == 120);
  int failed = 0;
  for (const auto& [request, outcome] : drawn) {
    if (outcome.error.empty()) {
      CHECK(outcome.text == expected.at(request).text);
    } else {
      CHECK_THAT(outcome.error, Contains("the device failed"));
      ++failed;
    }
  }
  CHECK(failed > 0);
  CHECK(failed <= 6);  // two groups at once
}

TEST_CASE("where every replica fails every request gets its error") {
  const auto drawn = Replicas({3, 5}).Run(40);
  REQUIRE(drawn.size() == 120);
  int failed = 0;
  for (const auto& [request, outcome] : drawn) failed += outcome.error.empty() ? 0 : 1;
  CHECK(failed > 90);
}

TEST_CASE("a stop ends all replicas, and what waits is cancelled") {
  std::stop_source stop;
  stop.request_stop();
  const auto drawn = Replicas({kForEver, kForEver}).Run(40, stop.get_token());
  REQUIRE(drawn.size() == 120);
  for (const auto& [request, outcome] : drawn) CHECK(outcome.finish == Finish::kCancelled);
}

TEST_CASE("devices are named by kind and by index") {
  CHECK(ParseDevice("cpu")->device == Device::kCpu);
  CHECK(ParseDevice("cuda")->gpus == std::vector<int>{0});
  CHECK(ParseDevice("cuda:3")->gpus == std::vector<int>{3});
  CHECK(ParseDevice("cuda:2,0,11")->gpus == std::vector<int>{2, 0, 11});
  CHECK(ParseDevice("cuda:2")->device == Device::kCuda);
  for (const char* wrong : {"", "gpu", "cuda:", "cuda:x", "cuda:0,", "cuda:-1", "cuda:0,0",
                            "cuda:0;1", "cuda:99999999999", "cpu:0"}) {
    INFO(wrong);
    const auto choice = ParseDevice(wrong);
    REQUIRE_FALSE(choice);
    CHECK(choice.error().code == ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace assay
