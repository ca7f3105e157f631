// The scheduler: what it shares, in which order it admits, what it takes of the cache.
#include "runner/model/decode/batcher.h"

#include <map>

#include "runner/model/decode/cpu_backend.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

struct Bench {
  explicit Bench(std::int64_t samples, std::int64_t pages, std::int64_t context = 4096)
      : config(ChainConfig()) {
    config.context = context;
    auto loaded = Transformer::Load(config, std::make_shared<ChainWeights>(ChainOf("abc")),
                                    kernels::WeightFormat::kF32, std::make_shared<ThreadTeam>(1));
    if (!loaded) FAIL(loaded.error().message);
    backend =
        std::make_unique<CpuBackend>(*std::move(loaded), CacheFormat::kF32,
                                     pages * KvPool::PageBytes(config, CacheFormat::kF32), samples);
    batcher =
        std::make_unique<Batcher>(*backend, ByteTokenizer(), BatchLimits{samples, 260, {258}});
  }

  // Draws `groups`; returns the requests in the order in which they finished.
  std::vector<std::size_t> Run(std::vector<DecodeGroup> groups) {
    std::vector<std::size_t> order;
    batcher->Run(std::move(groups),
                 [&](std::size_t request, Result<Response> response) {
                   order.push_back(request);
                   if (response) {
                     tokens[request] = response->response_tokens;
                   } else {
                     errors[request] = response.error().message;
                   }
                 },
                 {});
    CHECK(backend->pages().free_pages() == backend->pages().pages());
    return order;
  }

  // A group of samples that repeat token 7; `lengths` are their max_tokens.
  DecodeGroup Group(std::int64_t prompt, const std::vector<int>& lengths) {
    DecodeGroup group{std::vector<TokenId>(static_cast<std::size_t>(prompt), 7), {}};
    for (const int length : lengths) {
      samplings.push_back(std::make_unique<Sampling>());
      samplings.back()->max_tokens = length;
      group.jobs.push_back({samplings.size() - 1, samplings.back().get(), Key("batcher", 1)});
    }
    return group;
  }

  ModelConfig config;
  std::unique_ptr<CpuBackend> backend;
  std::unique_ptr<Batcher> batcher;
  std::vector<std::unique_ptr<Sampling>> samplings;
  std::map<std::size_t, std::int64_t> tokens;
  std::map<std::size_t, std::string> errors;
};

TEST_CASE("a group's prompt is processed once and its pages are shared") {
  Bench bench(8, 1000);
  bench.Run({bench.Group(165, std::vector<int>(8, 20))});
  CHECK(bench.batcher->statistics().prompt_rows == 165);
  CHECK(bench.batcher->statistics().sample_rows == 8 * 19);
  // 10 full pages once, the prompt's own partly filled one, and 2 pages for each sample.
  CHECK(bench.batcher->statistics().peak_pages == 10 + 1 + 8 * 2);
  std::vector<DecodeGroup> separate;
  for (int i = 0; i < 8; ++i) separate.push_back(bench.Group(165, {20}));
  bench.Run(std::move(separate));
  CHECK(bench.batcher->statistics().prompt_rows == 8 * 165);
  CHECK(bench.batcher->statistics().peak_pages > 8 * 10);
}

TEST_CASE("the longest is admitted first, and places that become free are filled at once") {
  Bench bench(2, 1000);
  const auto order = bench.Run(
      {bench.Group(1, {10}), bench.Group(1, {10}), bench.Group(1, {10}), bench.Group(1, {40})});
  // 40 tokens of the longest beside three times 10; in the order of the requests it would be 50.
  CHECK(bench.batcher->statistics().steps <= 42);
  REQUIRE(order.size() == 4);
  CHECK(order.back() == 3);
  CHECK(bench.tokens[3] == 40);
}

TEST_CASE("finished samples are handed over while others are still being drawn") {
  Bench bench(4, 1000);
  const auto order = bench.Run({bench.Group(3, {50, 2, 9, 1})});
  CHECK(order == std::vector<std::size_t>{3, 1, 2, 0});
}

TEST_CASE("the cache's budget is never exceeded, whatever waits for it") {
  for (const std::int64_t pages : {4, 5, 9, 17}) {
    Bench bench(16, pages);
    std::vector<DecodeGroup> groups;
    for (int i = 0; i < 12; ++i) groups.push_back(bench.Group(1 + 5 * (i % 4), {20, 9, 30, 14}));
    const auto order = bench.Run(std::move(groups));
    CHECK(order.size() == 48);
    CHECK(bench.errors.empty());
    CHECK(bench.batcher->statistics().peak_pages <= pages);
    for (const auto& [request, tokens] : bench.tokens) {
      CHECK(tokens == bench.samplings[request]->max_tokens);
    }
  }
}

TEST_CASE("what does not fit the cache is refused with the largest that does") {
  Bench bench(4, 4);
  bench.Run({bench.Group(20, {29, 30, 500}), bench.Group(70, {1})});
  // 64 positions, of which one page goes to the copy of the prompt's partly filled one.
  CHECK(bench.tokens == std::map<std::size_t, std::int64_t>{{0, 29}});
  CHECK_THAT(bench.errors[1], Contains("at most 29 new tokens fit"));
  CHECK_THAT(bench.errors[2], Contains("500 new ones") && Contains("at most 29 new tokens fit"));
  CHECK_THAT(bench.errors[3], Contains("the prompt alone does not fit"));
}

}  // namespace
}  // namespace assay
