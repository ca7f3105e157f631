// The whole model on the device against the CPU's, on random checkpoints of every family.
#include "runner/model/cuda/backend.h"

#include "tests/runner/cuda/model_case.h"
#include "tests/runner/model/chain_model.h"

namespace assay::cuda {
namespace {

using Catch::Matchers::Contains;

std::unique_ptr<Backend> OnDevice(const Checkpoint& checkpoint, WeightType type,
                                  bool deterministic) {
  Options options;
  options.weights = type;
  options.samples = 12;
  options.cache_bytes = std::int64_t{1} << 22;
  options.deterministic = deterministic;
  auto opened = OpenOnDevice("tiny", checkpoint.config, checkpoint.weights, options);
  if (!opened) FAIL(opened.error().message);
  return std::move(opened->backend);
}

const std::vector<std::string>& Families() {
  static const std::vector<std::string> names = {
      "llama_tied", "llama3_rope", "qwen2", "qwen2_yarn", "qwen3", "phi3", "gemma2", "gemma3"};
  return names;
}

// The log-probabilities that greedy decoding tells depend on all logits of every position.
TEST_CASE("greedy texts and log-probabilities of every family equal the CPU's in f32", "[model]") {
  Sampling greedy;
  greedy.temperature = 0;
  greedy.max_tokens = 6;
  greedy.logprobs = true;
  for (const std::string& name : Families()) {
    DYNAMIC_SECTION(name) {
      const Checkpoint checkpoint = Tiny(name);
      std::vector<std::vector<TokenId>> prompts = {Prompt(19, checkpoint.config.vocabulary, 1),
                                                   Prompt(3, checkpoint.config.vocabulary, 2)};
      if (!checkpoint.config.windowed.empty()) {
        prompts.push_back(Prompt(checkpoint.config.window + 11, checkpoint.config.vocabulary, 3));
      }
      const auto expected = Sample(*OnCpu(checkpoint), prompts, 1, greedy, true);
      for (const bool deterministic : {true, false}) {
        if (!deterministic && name != "qwen2" && name != "phi3")
          continue;  // the kernels are tested
        const auto backend = OnDevice(checkpoint, WeightType::kF32, deterministic);
        for (const auto& [request, drawn] : Sample(*backend, prompts, 1, greedy, true)) {
          CHECK(drawn.ids == expected.at(request).ids);
          CHECK(Distance(drawn.logprobs, expected.at(request).logprobs) < 2e-5);
        }
      }
    }
  }
}

TEST_CASE("log-probabilities of 16-bit weights are near those of f32", "[model]") {
  Sampling greedy;
  greedy.temperature = 0;
  greedy.max_tokens = 1;  // later ones can follow another token
  greedy.logprobs = true;
  for (const std::string& name : Families()) {
    DYNAMIC_SECTION(name) {
      const Checkpoint checkpoint = Tiny(name);
      std::vector<std::vector<TokenId>> prompts;
      for (std::uint64_t i = 0; i < 3; ++i) {
        prompts.push_back(
            Prompt(5 + 9 * static_cast<std::int64_t>(i), checkpoint.config.vocabulary, i));
      }
      const auto expected = Sample(*OnCpu(checkpoint), prompts, 1, greedy, true);
      for (const WeightType type : {WeightType::kBf16, WeightType::kF16}) {
        const double tolerance = type == WeightType::kBf16 ? 0.03 : 0.005;
        for (const bool deterministic : {true, false}) {
          if (!deterministic && name != "qwen2") continue;
          const auto backend = OnDevice(checkpoint, type, deterministic);
          for (const auto& [request, drawn] : Sample(*backend, prompts, 1, greedy, true)) {
            CHECK(Distance(drawn.logprobs, expected.at(request).logprobs) < tolerance);
          }
        }
      }
    }
  }
}

TEST_CASE("deterministic: a sample depends on nothing but itself", "[model]") {
  Sampling sampling;
  sampling.max_tokens = 5;
  sampling.logprobs = true;
  for (const WeightType type : {WeightType::kF32, WeightType::kBf16}) {
    const Checkpoint checkpoint = Tiny("qwen2");
    const auto backend = OnDevice(checkpoint, type, true);
    std::vector<std::vector<TokenId>> prompts;
    for (std::uint64_t i = 0; i < 3; ++i) {
      prompts.push_back(
          Prompt(2 + 9 * static_cast<std::int64_t>(i), checkpoint.config.vocabulary, i));
    }
    CHECK_THAT(backend->Arithmetic(), Contains(" sm_"));  // it is that of the matrix units
    const auto together = Sample(*backend, prompts, 2, sampling, true);
    const auto alone = Sample(*backend, prompts, 2, sampling, false);
    REQUIRE(together.size() == 6);
    for (const auto& [request, drawn] : together) {
      CHECK(drawn.ids == alone.at(request).ids);
      CHECK(drawn.logprobs == alone.at(request).logprobs);
    }
  }
}

TEST_CASE("logits that are not finite are a sample's error", "[model]") {
  const Checkpoint chain{ChainConfig(), std::make_shared<ChainWeights>(ChainOf("ab"), 'b')};
  Options options;
  options.cache_bytes = 1 << 20;
  options.weights = WeightType::kF32;
  auto opened = OpenOnDevice("chain", chain.config, chain.weights, options);
  if (!opened) FAIL(opened.error().message);
  Batcher batcher(*opened->backend, ByteTokenizer(), {4, 260, {258}});
  Sampling greedy;
  greedy.temperature = 0;
  std::string problem;
  batcher.Run({{{'a'}, {{0, &greedy, Key("draw", 1)}}}},
              [&](std::size_t, Result<Response> response) {
                problem = response ? "none" : response.error().message;
              },
              {});
  CHECK_THAT(problem, Contains("not finite after 2 tokens"));
}

TEST_CASE("weights that have changed are taken again", "[model]") {
  auto weights = std::make_shared<ChainWeights>(ChainOf("abc"));
  Options options;
  options.cache_bytes = 1 << 20;
  options.weights = WeightType::kF32;
  auto opened = OpenOnDevice("chain", ChainConfig(), weights, options);
  if (!opened) FAIL(opened.error().message);
  Batcher batcher(*opened->backend, ByteTokenizer(), {4, 260, {258}});
  Sampling greedy;
  greedy.temperature = 0;
  const auto text = [&] {
    std::string out;
    batcher.Run(
        {{{'a'}, {{0, &greedy, Key("draw", 1)}}}},
        [&](std::size_t, Result<Response> response) { out = response ? response->text : ""; }, {});
    return out;
  };
  CHECK(text() == "bc");
  *weights = ChainWeights(ChainOf("axyz"));
  REQUIRE(opened->backend->Reload());
  CHECK(text() == "xyz");
}

TEST_CASE("what does not fit the GPU is refused with the largest that does", "[model]") {
  const Checkpoint checkpoint = Tiny("qwen3");
  Options options;
  options.samples = 8;
  options.memory_bytes = std::int64_t{90} << 20;
  const auto fits = OpenOnDevice("tiny", checkpoint.config, checkpoint.weights, options);
  REQUIRE(fits);
  CHECK(fits->plan.total_bytes() <= options.memory_bytes);
  options.cache_bytes = std::int64_t{80} << 20;
  const auto refused = OpenOnDevice("tiny", checkpoint.config, checkpoint.weights, options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kUsage);
  CHECK_THAT(refused.error().message, Contains("the largest that fits is dtype bf16"));
  options.weights = WeightType::kInt8;
  const auto wrong = OpenOnDevice("tiny", checkpoint.config, checkpoint.weights, options);
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.error().message, Contains("a GPU takes bf16, f16 and f32"));
  const Checkpoint odd = Tiny("llama_linear");
  const auto misshapen = OpenOnDevice("odd", odd.config, odd.weights, Options{});
  REQUIRE_FALSE(misshapen);
  CHECK_THAT(misshapen.error().message, Contains("odd: intermediate_size is 50"));
}

}  // namespace
}  // namespace assay::cuda
