// Weights on the device against the source they come from.
#include "runner/model/cuda/weights.h"

#include "tests/runner/cuda/device_case.h"
#include "tests/support/random_weights.h"

namespace assay::cuda {
namespace {

// So many numbers that they are converted in several pieces.
ModelConfig Tall() {
  ModelConfig config;
  config.architecture = "llama";
  config.vocabulary = 33'000;
  config.hidden = 264;
  config.intermediate = 16;
  config.layers = 1;
  config.heads = config.kv_heads = 1;
  config.head_dim = 16;
  config.context = 64;
  config.tied_head = true;
  return config;
}

TEMPLATE_TEST_CASE("weights that are stored as another type", "", float, Bf16, Half) {
  DeviceCase device;
  const ModelConfig config = Tall();
  const RandomWeights source(config, 0.5);
  Weights<TestType> weights;
  const auto done = LoadWeights(config, source, device.stream(), true, weights);
  if (!done) FAIL(done.error().message);
  CHECK(weights.head.size() == 0);
  const StoredTensor& table = *source.Find("model.embed_tokens.weight");
  const auto numbers = device.Get(weights.embedding);
  REQUIRE(numbers.size() == static_cast<std::size_t>(config.vocabulary * config.hidden));
  std::vector<float> row(static_cast<std::size_t>(config.hidden));
  std::size_t at = 0;
  std::size_t wrong = 0;
  for (std::int64_t r = 0; r < config.vocabulary; ++r) {
    ReadRow(table, r, row.data());
    for (const float value : row) {
      wrong += ToFloat(numbers[at++]) == ToFloat(FromFloat<TestType>(value)) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("weights that are loaded again keep their places") {
  DeviceCase device;
  const ModelConfig config = Tall();
  const RandomWeights source(config);
  Weights<Bf16> weights;
  REQUIRE(LoadWeights(config, source, device.stream(), true, weights));
  const Bf16* const embedding = weights.embedding.data();
  const Bf16* const down = weights.layers[0].down.data();
  REQUIRE(LoadWeights(config, source, device.stream(), true, weights));
  CHECK(weights.embedding.data() == embedding);
  CHECK(weights.layers[0].down.data() == down);
}

}  // namespace
}  // namespace assay::cuda
