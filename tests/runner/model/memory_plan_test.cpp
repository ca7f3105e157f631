// What a model takes is known beforehand, kept to, and refused where it does not fit.
#include "runner/model/memory_plan.h"

#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/transformer/transformer.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

const ChainWeights kNothing({});  // of none of the names that matter for int4

ModelConfig SmolLm2() {
  ModelConfig config;
  config.architecture = "llama";
  config.vocabulary = 49152;
  config.hidden = 576;
  config.intermediate = 1536;
  config.layers = 30;
  config.heads = 9;
  config.kv_heads = 3;
  config.head_dim = 64;
  config.context = 8192;
  config.tied_head = true;
  return config;
}

MemoryNeeds Needs(WeightType type, std::int64_t available_mb, std::int64_t cache_mb = 0) {
  MemoryNeeds needs;
  needs.weights = type;
  needs.threads = 2;
  needs.available_bytes = available_mb << 20;
  needs.cache_bytes = cache_mb << 20;
  return needs;
}

TEST_CASE("planned weights are those that are loaded") {
  const auto folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/cases/model/tiny";
  for (const char* name : {"llama_tied", "llama_linear", "qwen3"}) {
    const auto config = ReadModelConfig(folder / name);
    REQUIRE(config);
    for (const WeightType type : {WeightType::kF32, WeightType::kBf16, WeightType::kInt8}) {
      auto opened = Safetensors::Open(folder / name);
      REQUIRE(opened);
      const std::shared_ptr<const TensorSource> source = *std::move(opened);
      const auto loaded =
          Transformer::Load(*config, source, FormatOf(type), std::make_shared<ThreadTeam>(1));
      REQUIRE(loaded);
      CHECK((*loaded)->weights().bytes() == PackedBytes(*config, FormatOf(type), *source));
    }
  }
}

TEST_CASE("the cache is what the batch can use, at most a quarter of what is left") {
  const auto small = PlanMemory("m", SmolLm2(), kNothing, Needs(WeightType::kInt8, 4096));
  REQUIRE(small);
  CHECK(small->weight_bytes >> 20 == 136);
  CHECK(small->cache_bytes <= (small->available_bytes - small->weight_bytes) / 4);
  CHECK(small->total_bytes() < small->available_bytes);
  // 11,520 numbers a position: half floats, or with f32 weights floats.
  CHECK(small->positions * 23040 == small->cache_bytes);
  const auto large = PlanMemory("m", SmolLm2(), kNothing, Needs(WeightType::kInt8, 1 << 20));
  REQUIRE(large);
  CHECK(large->positions == 64 * 8192);
  const auto asked = PlanMemory("m", SmolLm2(), kNothing, Needs(WeightType::kF32, 4096, 100));
  REQUIRE(asked);
  CHECK(asked->positions == (100 << 20) / 46080 / 16 * 16);
  CHECK_THAT(Describe(*asked), Contains("weights 513 MB (f32)") && Contains("for 2272 tokens") &&
                                   Contains("of 4096 MB available"));
}

TEST_CASE("what does not fit is refused with the largest configuration that fits") {
  const auto message = [](const MemoryNeeds& needs) {
    const auto plan = PlanMemory("smollm2", SmolLm2(), kNothing, needs);
    REQUIRE(!plan);
    CHECK(plan.error().code == ErrorCode::kUsage);
    return plan.error().message;
  };
  CHECK_THAT(message(Needs(WeightType::kF32, 600)),
             Contains("smollm2: f32 weights take 513 MB") && Contains("dtype bf16 with"));
  CHECK_THAT(message(Needs(WeightType::kF32, 350)), Contains("dtype int8 with"));
  CHECK_THAT(message(Needs(WeightType::kF32, 100)), Contains("fits in no dtype: int8 needs"));
  CHECK_THAT(message(Needs(WeightType::kInt8, 1000, 5000)),
             Contains("keys and values 5000 MB") && Contains("dtype int8 with"));
  // The offer holds.
  const auto refused = message(Needs(WeightType::kF32, 4000, 5000));
  const auto at = refused.find("dtype f32 with ");
  REQUIRE(at != std::string::npos);
  const std::int64_t offered = std::stoi(refused.substr(at + 15));
  CHECK(PlanMemory("m", SmolLm2(), kNothing, Needs(WeightType::kF32, 4000, offered)));
  CHECK(!PlanMemory("m", SmolLm2(), kNothing, Needs(WeightType::kF32, 4000, offered + 1)));
}

TEST_CASE("a local model says what it takes and refuses before it loads") {
  LocalModelOptions options;
  options.threads = 1;
  options.memory_bytes = 64 << 20;
  const auto model = MakeLocalModel(ChainParts(ChainOf("abc")), options);
  REQUIRE(model);
  CHECK_THAT((*model)->MemoryUse(), Contains("(f32)") && Contains("of 64 MB available"));
  options.memory_bytes = 1 << 20;
  const auto refused = MakeLocalModel(ChainParts(ChainOf("abc")), options);
  REQUIRE(!refused);
  CHECK_THAT(refused.error().message, Contains("1 MB are available"));
}

}  // namespace
}  // namespace assay
