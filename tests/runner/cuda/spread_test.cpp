// One model on several GPUs against the same model on one, and on the CPU: of four GPUs, which the
// imitated machine has, as many as there are.
#include <algorithm>

#include "runner/model/cuda/backend.h"
#include "tests/runner/cuda/model_case.h"
#include "tests/support/random_weights.h"

namespace assay::cuda {
namespace {

using Catch::Matchers::Contains;

// Everything that is dealt out is there: biases of all kinds, norms of heads, a head of its own.
Checkpoint Large() {
  ModelConfig config;
  config.architecture = "qwen3";
  config.vocabulary = 256;
  config.hidden = 48;
  config.intermediate = 96;
  config.layers = 2;
  config.heads = 8;
  config.kv_heads = 4;
  config.head_dim = 16;
  config.context = 64;
  config.qkv_bias = config.output_bias = config.mlp_bias = config.qk_norm = true;
  return {config, std::make_shared<RandomWeights>(config, 0.5)};
}

Options On(std::vector<int> devices, WeightType type, bool deterministic) {
  Options options;
  options.devices = std::move(devices);
  options.weights = type;
  options.samples = 12;
  options.cache_bytes = std::int64_t{1} << 20;
  options.deterministic = deterministic;
  return options;
}

std::unique_ptr<Backend> Open(const Checkpoint& checkpoint, const Options& options) {
  auto opened = OpenOnDevice("large", checkpoint.config, checkpoint.weights, options);
  if (!opened) FAIL(opened.error().message);
  return std::move(opened->backend);
}

Sampling FewTokens(double temperature) {
  Sampling sampling;
  sampling.temperature = temperature;
  sampling.max_tokens = 5;
  sampling.logprobs = true;
  return sampling;
}

std::vector<std::vector<TokenId>> Prompts() {
  return {Prompt(19, 256, 1), Prompt(3, 256, 2), Prompt(16, 256, 3)};
}

TEST_CASE("a model on two and on four GPUs draws what it draws on the CPU", "[model]") {
  const Checkpoint checkpoint = Large();
  const Sampling greedy = FewTokens(0);
  const auto expected = Sample(*OnCpu(checkpoint), Prompts(), 1, greedy, true);
  for (const std::vector<int>& devices : {std::vector<int>{0, 1}, {3, 1}, {0, 1, 2, 3}}) {
    if (LacksGpus(1 + *std::max_element(devices.begin(), devices.end()))) continue;
    for (const bool deterministic : {true, false}) {
      const auto backend = Open(checkpoint, On(devices, WeightType::kF32, deterministic));
      for (const auto& [request, drawn] : Sample(*backend, Prompts(), 1, greedy, true)) {
        CHECK(drawn.ids == expected.at(request).ids);
        CHECK(Distance(drawn.logprobs, expected.at(request).logprobs) < 2e-5);
      }
    }
  }
}

TEST_CASE("on several GPUs, deterministic: a sample depends on nothing but itself", "[model]") {
  if (LacksGpus(2)) return;
  const Checkpoint checkpoint = Large();
  const Sampling sampling = FewTokens(1);
  const int last = Gpus() - 1;
  const auto backend = Open(checkpoint, On({0, last}, WeightType::kBf16, true));
  const auto together = Sample(*backend, Prompts(), 2, sampling, true);
  const auto alone = Sample(*backend, Prompts(), 2, sampling, false);
  REQUIRE(together.size() == 6);
  for (const auto& [request, drawn] : together) {
    CHECK(drawn.ids == alone.at(request).ids);
    CHECK(drawn.logprobs == alone.at(request).logprobs);
  }
}

TEST_CASE("a model on a GPU that is not the first", "[model]") {
  if (LacksGpus(2)) return;
  const Checkpoint checkpoint = Large();
  const Sampling greedy = FewTokens(0);
  const auto first = Open(checkpoint, On({0}, WeightType::kF16, false));
  const auto last = Open(checkpoint, On({Gpus() - 1}, WeightType::kF16, false));
  const auto expected = Sample(*first, Prompts(), 1, greedy, true);
  for (const auto& [request, drawn] : Sample(*last, Prompts(), 1, greedy, true)) {
    CHECK(drawn.logprobs == expected.at(request).logprobs);
  }
  CHECK(first->Arithmetic() == last->Arithmetic());
  const auto two = Open(checkpoint, On({0, 1}, WeightType::kF16, false));
  CHECK(two->Arithmetic() != first->Arithmetic());
  CHECK_THAT(two->Description(), Contains(" x 2"));
}

TEST_CASE("what cannot be dealt out to GPUs is refused by name", "[model]") {
  const Checkpoint checkpoint = Large();
  const auto refusal = [&](std::vector<int> devices, ModelConfig config) {
    const auto opened = OpenOnDevice("large", config, checkpoint.weights,
                                     On(std::move(devices), WeightType::kF32, false));
    REQUIRE_FALSE(opened);
    return opened.error().message;
  };
  CHECK_THAT(refusal({0, 1, 2}, checkpoint.config),
             Contains("large: 8 attention heads cannot be dealt out evenly to 3 GPUs"));
  CHECK_THAT(refusal({0, Gpus()}, checkpoint.config),
             Contains(fmt::format("cuda:{}: this machine has {} GPU", Gpus(), Gpus())));
  if (LacksGpus(2)) return;
  ModelConfig narrow = checkpoint.config;
  narrow.intermediate = 40;
  CHECK_THAT(refusal({0, 1}, narrow), Contains("intermediate_size is 20"));
  ModelConfig other = checkpoint.config;
  other.hidden = 64;
  CHECK_THAT(refusal({0, 1}, other), Contains("but the configuration asks for"));
}

}  // namespace
}  // namespace assay::cuda
