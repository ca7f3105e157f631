// A device that draws ahead, its draws looked at while the next pass runs: the same responses as
// from one that is waited for.
#include <algorithm>
#include <map>
#include <set>

#include "runner/model/decode/batcher.h"
#include "runner/model/decode/cpu_backend.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

constexpr std::int64_t kSamples = 6;

std::unique_ptr<CpuBackend> OnCpu(TokenId broken) {
  auto loaded =
      Transformer::Load(ChainConfig(), std::make_shared<ChainWeights>(ChainOf("abcdefgh"), broken),
                        kernels::WeightFormat::kF32, std::make_shared<ThreadTeam>(1));
  if (!loaded) FAIL(loaded.error().message);
  return std::make_unique<CpuBackend>(*std::move(loaded), CacheFormat::kF32,
                                      60 * KvPool::PageBytes(ChainConfig(), CacheFormat::kF32),
                                      kSamples);
}

// Keeps its draws to itself until they are asked for. Its CPU computes them at once, so that rows
// of draws are seen to be of the last ones.
class Ahead : public Backend {
 public:
  explicit Ahead(TokenId broken, int passes = 1 << 20) : cpu_(OnCpu(broken)), left_(passes) {}
  const ModelConfig& config() const override { return cpu_->config(); }
  std::int64_t most_rows() const override { return cpu_->most_rows(); }
  std::int64_t most_samples() const override { return cpu_->most_samples(); }
  PagePool& pages() override { return cpu_->pages(); }
  void CopyPage(PageId from, PageId to) override { cpu_->CopyPage(from, to); }
  Result<void> Forward(std::span<const ForwardRow> rows) override {
    if (--left_ < 0) return Fail(ErrorCode::kInternal, "the device failed");
    std::vector<ForwardRow> known(rows.begin(), rows.end());
    for (ForwardRow& row : known) {
      if (row.draw < 0) continue;
      REQUIRE(pending_);
      REQUIRE(row.draw < static_cast<std::int64_t>(draws_.size()));
      const auto& draw = draws_[static_cast<std::size_t>(row.draw)];
      row.token = draw ? draw->id : 0;
      ++rows_of_draws;
    }
    return cpu_->Forward(known);
  }
  void Keep(std::int64_t place, std::int64_t kept) override { cpu_->Keep(place, kept); }
  Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) override {
    REQUIRE_FALSE(pending_);
    pending_ = true;
    draws_.resize(from.size());
    if (auto done = cpu_->StartDraw(vocabulary, from); !done) return done;
    return cpu_->FinishDraw(draws_);
  }
  Result<void> FinishDraw(std::span<std::optional<Draw>> draws) override {
    REQUIRE(pending_);
    REQUIRE(draws.size() == draws_.size());
    pending_ = false;
    std::copy(draws_.begin(), draws_.end(), draws.begin());
    return {};
  }
  bool draws_ahead() const override { return true; }
  Result<void> Reload() override { return cpu_->Reload(); }
  std::string Description() const override { return "ahead"; }
  std::string Arithmetic() const override { return cpu_->Arithmetic(); }
  bool pending() const { return pending_; }

  int rows_of_draws = 0;

 private:
  std::unique_ptr<CpuBackend> cpu_;
  std::vector<std::optional<Draw>> draws_;
  bool pending_ = false;
  int left_;
};

using Responses = std::map<std::size_t, Result<Response>>;

// Prompts of one token and of many, samples of all lengths and ends, more than fit at once.
struct Asked {
  explicit Asked(double temperature) {
    const std::vector<std::vector<TokenId>> prompts = {
        {'a'}, {'d'}, std::vector<TokenId>(17, 'b'), std::vector<TokenId>(16, 'c'), {'x', 'a'}};
    for (const auto& prompt : prompts) {
      DecodeGroup group{prompt, {}};
      for (const int length : {1, 2, 9, 40}) {
        auto& sampling = samplings[samplings.size()];
        sampling.max_tokens = length;
        sampling.temperature = temperature;
        sampling.logprobs = true;
        if (samplings.size() % 3 == 0) sampling.stop = {"ef"};
        const std::size_t request = samplings.size() - 1;
        group.jobs.push_back({request, &sampling, Key("ahead", 1).With(request)});
      }
      groups.push_back(std::move(group));
    }
  }
  std::map<std::size_t, Sampling> samplings;
  std::vector<DecodeGroup> groups;
};

Responses Run(Backend& backend, const Asked& asked, std::size_t stop_after = 1000) {
  Batcher batcher(backend, ByteTokenizer(), {kSamples, 260, {258}});
  Responses responses;
  std::stop_source stop;
  batcher.Run(
      asked.groups,
      [&](std::size_t request, Result<Response> response) {
        CHECK(responses.emplace(request, std::move(response)).second);
        if (responses.size() == stop_after) stop.request_stop();
      },
      stop.get_token());
  CHECK(responses.size() == asked.samplings.size());
  CHECK(backend.pages().free_pages() == backend.pages().pages());
  return responses;
}

std::string Told(const Result<Response>& response) {
  if (!response) return response.error().message;
  std::string text = fmt::format("{} {} {} ", response->text, static_cast<int>(response->finish),
                                 response->stopped_by);
  for (const TokenId id : response->ids) text += fmt::format("{} ", id);
  for (const float logprob : response->logprobs) text += fmt::format("{:a} ", logprob);
  return text;
}

TEST_CASE("draws that are looked at late change no response") {
  std::set<Finish> finishes;
  for (const double temperature : {0.0, 1.0, 12.0}) {
    for (const TokenId broken : {-1, 120}) {
      const Asked asked(temperature);
      const auto at_once = OnCpu(broken);
      Ahead ahead(broken);
      const Responses expected = Run(*at_once, asked);
      for (const auto& [request, response] : Run(ahead, asked)) {
        CHECK(Told(response) == Told(expected.at(request)));
        if (response) finishes.insert(response->finish);
      }
      CHECK(ahead.rows_of_draws > 30);
      CHECK_FALSE(ahead.pending());
    }
  }
  CHECK(finishes == std::set<Finish>{Finish::kStop, Finish::kLength});
}

TEST_CASE("a run that is stopped while draws are under way can be followed by another") {
  const Asked asked(1);
  const auto at_once = OnCpu(-1);
  const Responses expected = Run(*at_once, asked);
  Ahead ahead(-1);
  for (const std::size_t stop_after : {1U, 3U, 7U}) {
    std::size_t cancelled = 0;
    for (const auto& [request, response] : Run(ahead, asked, stop_after)) {
      REQUIRE(response);
      if (response->finish == Finish::kCancelled) {
        ++cancelled;
        const auto& ids = expected.at(request)->ids;
        REQUIRE(response->ids.size() <= ids.size());
        CHECK(std::equal(response->ids.begin(), response->ids.end(), ids.begin()));
      } else {
        CHECK(Told(response) == Told(expected.at(request)));
      }
    }
    CHECK(cancelled > 0);
    CHECK_FALSE(ahead.pending());
  }
  CHECK(Told(Run(ahead, asked).at(3)) == Told(expected.at(3)));
}

TEST_CASE("a device that fails while draws are under way fails what had begun") {
  const Asked asked(1);
  for (const int passes : {0, 1, 2, 5}) {
    Ahead ahead(-1, passes);
    std::size_t failed = 0;
    for (const auto& [request, response] : Run(ahead, asked)) {
      if (response) continue;
      ++failed;
      CHECK_THAT(response.error().message, Contains("the device failed"));
    }
    CHECK(failed > 0);
  }
}

}  // namespace
}  // namespace assay
