// The memory plan for real models on real cards: sizes that no test can take.
#include "runner/model/cuda/plan.h"

#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

using Catch::Matchers::Contains;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

DeviceInfo Card(std::int64_t free_bytes) {
  DeviceInfo device;
  device.total_bytes = device.free_bytes = free_bytes;
  return device;
}

// Llama 3.1: 8B, and 70B.
ModelConfig Llama(std::int64_t hidden, std::int64_t intermediate, std::int64_t layers) {
  ModelConfig c;
  c.architecture = "llama";
  c.vocabulary = 128256;
  c.hidden = hidden;
  c.intermediate = intermediate;
  c.layers = layers;
  c.heads = hidden / 128;
  c.kv_heads = 8;
  c.head_dim = 128;
  c.context = 131072;
  return c;
}

TEST_CASE("a model of 8B with a context of 131072 on a card of 80 GB") {
  const ModelConfig config = Llama(4096, 14336, 32);
  for (const std::int64_t samples : {1, 64, 256, 512}) {
    INFO(samples << " samples");
    Options options;
    options.samples = samples;
    const auto plan = PlanDeviceMemory("8B", config, options, Card(79 * kGiB));
    REQUIRE(plan);
    CHECK(plan->weight_bytes > std::int64_t{16'060'000'000});
    CHECK(plan->weight_bytes < std::int64_t{16'080'000'000});
    // Two tables of logits, tables of rotation, rows in work, partial results of attention over the
    // whole context.
    CHECK(plan->work_bytes > samples * 2 * config.vocabulary * 4 + config.context * 128 * 4);
    CHECK(plan->work_bytes < 6 * kGiB);
    CHECK(plan->total_bytes() <= 79 * kGiB);
    // 128 KB a position: a sample takes 16 GB, several take most of what is left.
    CHECK(plan->cache_bytes == plan->positions * 2 * 32 * 8 * 128 * 2);
    if (samples == 1) {
      CHECK(plan->positions == config.context);
    } else {
      CHECK(plan->cache_bytes > 50 * kGiB);
    }
  }
}

TEST_CASE("what a card has no room for is refused with what it has room for") {
  Options options;
  options.weights = WeightType::kF32;
  const auto wide = PlanDeviceMemory("8B", Llama(4096, 14336, 32), options, Card(23 * kGiB));
  REQUIRE_FALSE(wide);
  CHECK_THAT(wide.error().message, Contains("8B: f32 weights take 306"));
  CHECK_THAT(wide.error().message, Contains("but 23552 MB are available; the largest that fits is "
                                            "dtype bf16, batch 64"));
  const auto large = PlanDeviceMemory("70B", Llama(8192, 28672, 80), Options{}, Card(79 * kGiB));
  REQUIRE_FALSE(large);
  CHECK_THAT(large.error().message, Contains("it fits in no dtype: bf16 at batch 1 needs 13"));
  // A card that is nearly full.
  const auto full = PlanDeviceMemory("8B", Llama(4096, 14336, 32), Options{}, Card(kGiB / 2));
  REQUIRE_FALSE(full);
  CHECK_THAT(full.error().message, Contains("512 MB are available; it fits in no dtype"));
}

}  // namespace
}  // namespace assay::cuda
