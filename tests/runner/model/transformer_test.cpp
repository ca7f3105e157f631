// The forward pass against transformers, on random checkpoints of every family
// (tests/peers/make_tiny_checkpoints.py), and its independence of batches and threads.
#include "runner/model/transformer/transformer.h"

#include <cmath>
#include <cstring>

#include "base/files.h"
#include "base/json.h"
#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/checkpoint/usual_tensors.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

constexpr std::int64_t kStep = 3;  // every third row of logits is in the file

struct Tiny {
  std::unique_ptr<Transformer> transformer;
  std::vector<TokenId> ids;
  std::vector<TokenId> greedy;
  std::size_t greedy_prompt = 0;
  std::vector<float> logits;
};

std::filesystem::path TinyFolder(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/cases/model/tiny" / name;
}

std::unique_ptr<Transformer> LoadTiny(const std::string& name, kernels::WeightFormat format,
                                      std::size_t threads) {
  const auto config = ReadModelConfig(TinyFolder(name));
  if (!config) FAIL(config.error().message);
  auto weights = Safetensors::Open(TinyFolder(name));
  if (!weights) FAIL(weights.error().message);
  auto transformer = Transformer::Load(*config, UsualTensors(*std::move(weights), *config), format,
                                       std::make_shared<ThreadTeam>(threads));
  if (!transformer) FAIL(transformer.error().message);
  return *std::move(transformer);
}

Tiny Open(const std::string& name, kernels::WeightFormat format = kernels::WeightFormat::kF32,
          std::size_t threads = 2) {
  Tiny tiny;
  tiny.transformer = LoadTiny(name, format, threads);
  const auto expected = ReadJsonFile(TinyFolder(name) / "expected.json");
  REQUIRE(expected);
  tiny.ids = (*expected)["ids"].get<std::vector<TokenId>>();
  tiny.greedy = (*expected)["greedy"].get<std::vector<TokenId>>();
  tiny.greedy_prompt = (*expected)["greedy_prompt"].get<std::size_t>();
  const auto bytes = ReadFile(TinyFolder(name) / "logits.f32");
  REQUIRE(bytes);
  tiny.logits.resize(bytes->size() / sizeof(float));
  std::memcpy(tiny.logits.data(), bytes->data(), bytes->size());
  return tiny;
}

std::vector<PageId> TakePages(KvPool& pool, std::int64_t positions) {
  std::vector<PageId> pages;
  for (std::int64_t i = 0; i < KvPool::PagesFor(positions); ++i) pages.push_back(pool.Take());
  return pages;
}

// Logits of every id, `chunk` rows a call.
std::vector<float> AllLogits(Transformer& transformer, const std::vector<TokenId>& ids,
                             std::size_t chunk) {
  const auto vocabulary = static_cast<std::size_t>(transformer.config().vocabulary);
  KvPool pool(transformer.config(), CacheFormat::kF32, std::int64_t{1} << 26);
  const auto pages = TakePages(pool, static_cast<std::int64_t>(ids.size()));
  std::vector<float> logits(ids.size() * vocabulary);
  for (std::size_t start = 0; start < ids.size(); start += chunk) {
    std::vector<ForwardRow> rows;
    for (std::size_t i = start; i < std::min(ids.size(), start + chunk); ++i) {
      rows.push_back({ids[i], static_cast<std::int64_t>(i), pages.data(), true});
    }
    transformer.Forward(rows, pool, logits.data() + start * vocabulary);
  }
  return logits;
}

double LargestDifference(const std::vector<float>& logits, const Tiny& tiny) {
  const auto vocabulary = static_cast<std::size_t>(tiny.transformer->config().vocabulary);
  double largest = 0;
  for (std::size_t i = 0; i < tiny.logits.size(); ++i) {
    const std::size_t row = i / vocabulary * kStep;
    const double difference = static_cast<double>(logits[row * vocabulary + i % vocabulary]) -
                              static_cast<double>(tiny.logits[i]);
    if (!(std::fabs(difference) <= largest)) largest = std::fabs(difference);
  }
  return largest;
}

const std::vector<std::string>& Families() {
  static const std::vector<std::string> names = {
      "llama_tied", "llama3_rope",   "llama_linear", "qwen2",  "qwen2_yarn",   "qwen3",
      "phi3",       "phi3_longrope", "gemma2",       "gemma3", "gemma3_images"};
  return names;
}

TEST_CASE("logits equal those of transformers on every family") {
  for (const std::string& name : Families()) {
    DYNAMIC_SECTION(name) {
      const Tiny tiny = Open(name);
      const auto logits = AllLogits(*tiny.transformer, tiny.ids, 64);
      CHECK(LargestDifference(logits, tiny) < 1e-4);
      // The comparison would notice a rotation by one position.
      std::vector<TokenId> shifted = tiny.ids;
      std::swap(shifted[10], shifted[11]);
      CHECK(LargestDifference(AllLogits(*tiny.transformer, shifted, 64), tiny) > 0.05);
    }
  }
}

TEST_CASE("greedy continuations equal those of transformers") {
  for (const std::string& name : Families()) {
    DYNAMIC_SECTION(name) {
      const Tiny tiny = Open(name);
      std::vector<TokenId> ids(tiny.ids.begin(), tiny.ids.begin() + 20);
      for (const TokenId expected : tiny.greedy) {
        const auto logits = AllLogits(*tiny.transformer, ids, 256);
        const float* last =
            logits.data() +
            (ids.size() - 1) * static_cast<std::size_t>(tiny.transformer->config().vocabulary);
        const auto best = static_cast<TokenId>(std::max_element(last, last + 260) - last);
        REQUIRE(best == expected);
        ids.push_back(best);
      }
    }
  }
}

TEST_CASE("logits have the same bits at every chunk size, thread count and instruction set") {
  using kernels::WeightFormat;
  for (const WeightFormat format : {WeightFormat::kF32, WeightFormat::kBf16, WeightFormat::kInt8}) {
    for (const std::string name : {"llama_tied", "llama_linear", "qwen3", "gemma2", "gemma3"}) {
      Tiny tiny = Open(name, format, 1);
      const auto whole = AllLogits(*tiny.transformer, tiny.ids, 256);
      for (const std::size_t chunk : {1, 3, 16, 37}) {
        CHECK(AllLogits(*tiny.transformer, tiny.ids, chunk) == whole);
      }
      for (const std::size_t threads : {2, 3}) {
        CHECK(AllLogits(*Open(name, format, threads).transformer, tiny.ids, 5) == whole);
      }
      const std::string best = kernels::Kernels().name;
      for (const kernels::KernelTable* table : kernels::AvailableKernels()) {
        REQUIRE(kernels::UseKernels(table->name));
        CHECK(AllLogits(*tiny.transformer, tiny.ids, 9) == whole);
      }
      REQUIRE(kernels::UseKernels(best));
    }
  }
}

// Beside the largest exact logit: random weights make some families' logits larger than others'.
double RelativeDifference(const Tiny& tiny) {
  double largest = 0;
  for (const float logit : tiny.logits) largest = std::max(largest, std::fabs(double{logit}));
  return LargestDifference(AllLogits(*tiny.transformer, tiny.ids, 64), tiny) / largest;
}

TEST_CASE("reduced formats stay near the exact logits") {
  for (const std::string& name : Families()) {
    DYNAMIC_SECTION(name) {
      CHECK(RelativeDifference(Open(name, kernels::WeightFormat::kBf16)) < 0.04);
      CHECK(RelativeDifference(Open(name, kernels::WeightFormat::kInt8)) < 0.2);
    }
  }
}

}  // namespace
}  // namespace assay
