// What may not change a number: the batch a response stands in, packing, accumulation, chunks,
// recomputation, the engine that sampled it. On random shapes, in single and double precision.
#include <cmath>

#include "runner/model/local_model.h"
#include "runner/model/transformer/kernels/table.h"
#include "tests/trainer/tiny_model.h"

namespace assay {
namespace {

// A small model of a random shape. Weights are large enough for sharp distributions.
ModelConfig RandomShape(Rng& rng) {
  ModelConfig config;
  config.architecture = "qwen2";
  config.vocabulary = rng.Int(5, 40);
  config.layers = rng.Int(1, 3);
  config.kv_heads = rng.Int(1, 3);
  config.heads = config.kv_heads * rng.Int(1, 3);
  config.head_dim = 2 * rng.Int(1, 9);
  config.hidden = rng.Int(3, 40);
  config.intermediate = rng.Int(2, 70);
  config.rms_eps = 1e-6;
  config.rope.theta = 10000;
  config.tied_head = rng.Int(0, 1) == 1;
  config.qkv_bias = rng.Int(0, 1) == 1;
  config.qk_norm = rng.Int(0, 1) == 1;
  config.context = 128;
  return config;
}

std::unique_ptr<Learner> MakeLearner(const ModelConfig& config, const LearnerOptions& options) {
  SetTrainingThreads(1);
  auto learner = Learner::Random(config, options, Key("exactness", 1));
  REQUIRE(learner.has_value());
  for (const ParameterView& view : (*learner)->parameters()) {
    if (view.is_vector || view.name.starts_with("value_head")) continue;
    for (std::size_t i = 0; i < static_cast<std::size_t>(view.size()); ++i) {
      if (view.is_double) view.doubles()[i] *= 12;
      if (!view.is_double) view.floats()[i] *= 12;
    }
  }
  return std::move(*learner);
}

std::vector<TokenId> RandomIds(Rng& rng, std::int64_t length, std::int64_t vocabulary) {
  std::vector<TokenId> ids;
  for (std::int64_t i = 0; i < length; ++i) {
    ids.push_back(static_cast<TokenId>(rng.Int(0, vocabulary - 1)));
  }
  return ids;
}

std::vector<PromptGroup> RandomGroups(Rng& rng, std::int64_t vocabulary) {
  std::vector<PromptGroup> groups(static_cast<std::size_t>(rng.Int(1, 4)));
  for (PromptGroup& group : groups) {
    group.prompt = RandomIds(rng, rng.Int(1, 9), vocabulary);
    const std::int64_t responses = rng.Int(1, 4);
    for (std::int64_t r = 0; r < responses; ++r) {
      group.responses.push_back(RandomIds(rng, rng.Int(1, 11), vocabulary));
    }
  }
  return groups;
}

std::vector<double> Gradients(const Learner& learner) {
  std::vector<double> all;
  for (const ParameterView& view : learner.parameters()) {
    if (view.is_double)
      all.insert(all.end(), view.double_gradient().begin(), view.double_gradient().end());
    if (!view.is_double)
      all.insert(all.end(), view.float_gradient().begin(), view.float_gradient().end());
  }
  return all;
}

// Adds the gradients of sum_t weight_t logp_t + 0.1 entropy_t; the weights depend on the token
// only.
void AccumulateProbe(Learner& learner, const std::vector<PromptGroup>& groups, double temperature) {
  learner.Accumulate(Pack(groups), temperature, [&](const TokenOutputs& outputs) {
    TokenGradients gradients;
    std::size_t i = 0;
    for (const PromptGroup& group : groups) {
      for (const auto& response : group.responses) {
        for (const TokenId id : response) {
          gradients.logps.push_back(std::sin(static_cast<double>(id) + 1));
          gradients.entropies.push_back(0.1);
          ++i;
        }
      }
    }
    REQUIRE(i == outputs.logps.size());
    return gradients;
  });
}

struct Probe {
  std::vector<double> logps, entropies, gradients;
};
Probe ProbeOf(const ModelConfig& config, const LearnerOptions& options,
              const std::vector<PromptGroup>& groups) {
  const auto learner = MakeLearner(config, options);
  const TokenOutputs outputs = learner->Evaluate(Pack(groups), 0.8);
  learner->ZeroGradients();
  AccumulateProbe(*learner, groups, 0.8);
  return {outputs.logps, outputs.entropies, Gradients(*learner)};
}

double Largest(const std::vector<double>& values) {
  double largest = 1;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// Log-probabilities to 1e-6 and gradients to 1e-5 of their size; tighter in double precision.
void CheckSame(const Probe& found, const Probe& expected, bool wide) {
  CheckClose(found.logps, expected.logps, (wide ? 1e-11 : 2e-6) * Largest(expected.logps));
  CheckClose(found.entropies, expected.entropies, wide ? 1e-11 : 5e-6);
  CheckClose(found.gradients, expected.gradients,
             (wide ? 1e-10 : 1e-5) * Largest(expected.gradients));
}

TEST_CASE("random shapes: attention, chunks, recomputation, shared prompts", "[trainer]") {
  Rng rng(Key("random shapes", 7));
  for (int i = 0; i < 12; ++i) {
    const ModelConfig config = RandomShape(rng);
    const auto groups = RandomGroups(rng, config.vocabulary);
    const bool wide = i % 2 == 0;
    INFO("shape " << i << ": hidden " << config.hidden << ", heads " << config.heads << "/"
                  << config.kv_heads << " x " << config.head_dim);
    LearnerOptions options;
    options.double_precision = wide;
    const Probe base = ProbeOf(config, options, groups);

    options.plain = true;
    options.head_chunk = 1 + i % 5;
    CheckSame(ProbeOf(config, options, groups), base, wide);

    options = {};
    options.double_precision = wide;
    options.recompute_layers = true;
    const Probe again = ProbeOf(config, options, groups);
    CHECK(again.logps == base.logps);
    CHECK(again.gradients == base.gradients);

    options.recompute_layers = false;
    std::vector<PromptGroup> repeated;
    for (const PromptGroup& group : groups) {
      for (const auto& response : group.responses) repeated.push_back({group.prompt, {response}});
    }
    CheckSame(ProbeOf(config, options, repeated), base, wide);
  }
}

TEST_CASE("a step's gradient does not depend on how it is split", "[trainer]") {
  Rng rng(Key("accumulation", 3));
  for (const bool wide : {true, false}) {
    const ModelConfig config = RandomShape(rng);
    std::vector<PromptGroup> groups;
    while (groups.size() < 5) {
      for (PromptGroup& group : RandomGroups(rng, config.vocabulary)) groups.push_back(group);
    }
    LearnerOptions options;
    options.double_precision = wide;
    const auto learner = MakeLearner(config, options);
    AccumulateProbe(*learner, groups, 1);
    const auto whole = Gradients(*learner);
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
      learner->ZeroGradients();
      for (std::size_t first = 0; first < groups.size(); first += size) {
        const auto begin = groups.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = static_cast<std::ptrdiff_t>(std::min(size, groups.size() - first));
        AccumulateProbe(*learner, {begin, begin + count}, 1);
      }
      CheckClose(Gradients(*learner), whole, (wide ? 1e-11 : 1e-5) * Largest(whole));
    }
  }
}

Result<LocalParts> PartsOf(const ModelConfig& config, const Learner& learner) {
  auto tokenizer =
      Tokenizer::FromFolder(ASSAY_SOURCE_DIR "/trainer/configs/sort-4-digits/tokenizer");
  if (!tokenizer) return Pass(tokenizer.error());
  return LocalParts{
      config, {std::shared_ptr<const void>(), &learner.weights()}, *tokenizer, "", "exactness"};
}

struct Drawn {
  std::vector<TokenId> ids;
  std::vector<float> logps;
  bool operator==(const Drawn&) const = default;
};

std::vector<Drawn> Draw(const ModelConfig& config, const Learner& learner,
                        const std::vector<Request>& requests, std::int64_t batch,
                        std::size_t threads) {
  LocalModelOptions options;
  options.batch = batch;
  options.threads = threads;
  options.cache_bytes = std::int64_t{1} << 26;
  auto parts = PartsOf(config, learner);
  REQUIRE(parts.has_value());
  auto model = MakeLocalModel(std::move(*parts), options);
  INFO((model ? std::string() : model.error().message));
  REQUIRE(model.has_value());
  std::vector<Drawn> drawn(requests.size());
  std::optional<Error> error;
  (*model)->Sample(requests,
                   [&](std::size_t i, Result<Response> response) {
                     if (!response) {
                       error = response.error();
                       return;
                     }
                     drawn[i] = {response->ids, response->logprobs};
                   },
                   {});
  INFO((error ? error->message : std::string()));
  REQUIRE(!error);
  return drawn;
}

// The tokenizer has 14 tokens, the model sometimes more.
constexpr std::int64_t kTokens = 14;

ModelConfig SamplerShape(Rng& rng, int i) {
  ModelConfig config = RandomShape(rng);
  config.vocabulary = kTokens + (i % 3 == 1 ? rng.Int(1, 60) : 0);
  config.output_bias = rng.Int(0, 1) == 1;
  config.mlp_bias = rng.Int(0, 1) == 1;
  RopeConfig& rope = config.rope;
  rope.type = static_cast<RopeType>(i % 5);
  rope.original_context = 16;
  if (rope.type != RopeType::kPlain) rope.factor = 3;
  if (rope.type == RopeType::kYarn) rope.attention_factor = 1.1;
  if (rope.type == RopeType::kLongRope) {
    config.head_dim = 4 * rng.Int(1, 4);
    rope.share = 0.5;
    rope.attention_factor = 1.2;
    rope.divisors.assign(static_cast<std::size_t>(config.head_dim / 4), 1.7F);
  }
  return config;
}

// Every third learner is an adapted one.
std::unique_ptr<Learner> SamplersLearner(const ModelConfig& config, int i) {
  LearnerOptions options;
  options.vocabulary = kTokens;
  options.head_chunk = 1 + 7 * (i % 3);
  options.lora.rank = i % 3 == 2 ? 2 : 0;
  auto learner = MakeLearner(config, options);
  Rng rng(Key("adapters and biases", static_cast<std::uint64_t>(i)));
  for (const ParameterView& view : learner->parameters()) {
    if (!view.name.ends_with(".bias") && !view.name.ends_with(".b")) continue;
    for (float& value : view.floats()) value = static_cast<float>(rng.Uniform() - 0.5);
  }
  learner->Merge();
  return learner;
}

TEST_CASE("the sampler's log-probabilities are the learner's, bit by bit", "[trainer]") {
  Rng rng(Key("sampler", 5));
  for (int i = 0; i < 12; ++i) {
    const ModelConfig config = SamplerShape(rng, i);
    INFO("shape " << i << ": hidden " << config.hidden << ", heads " << config.heads << "/"
                  << config.kv_heads << " x " << config.head_dim);
    const auto learner = SamplersLearner(config, i);
    std::vector<Request> requests;
    std::vector<PromptGroup> groups;
    for (std::int64_t g = 0; g < 8; ++g) {
      groups.push_back({RandomIds(rng, rng.Int(1, 40), 12), {}});
      for (std::int64_t s = 0; s < 4; ++s) {
        Sampling sampling;
        sampling.max_tokens = static_cast<int>(rng.Int(1, 20));
        sampling.temperature = 0.9;
        sampling.logprobs = true;
        requests.push_back({groups.back().prompt, sampling,
                            Key("draw", 1).With(static_cast<std::uint64_t>(g * 4 + s)), g, "", s});
      }
    }
    const auto drawn = Draw(config, *learner, requests, 32, 2);
    CHECK(Draw(config, *learner, requests, 1, 1) == drawn);
    std::vector<Request> reversed(requests.rbegin(), requests.rend());
    auto back = Draw(config, *learner, reversed, 7, 2);
    std::reverse(back.begin(), back.end());
    CHECK(back == drawn);

    std::vector<double> sampled;
    std::vector<PromptGroup> apart;
    for (std::size_t r = 0; r < drawn.size(); ++r) {
      groups[r / 4].responses.push_back(drawn[r].ids);
      apart.push_back({groups[r / 4].prompt, {drawn[r].ids}});
      sampled.insert(sampled.end(), drawn[r].logps.begin(), drawn[r].logps.end());
    }
    CHECK(learner->Evaluate(Pack(groups), 0.9).logps == sampled);
    CHECK(learner->Evaluate(Pack(apart), 0.9).logps == sampled);
    std::vector<double> one_by_one;
    for (const PromptGroup& one : apart) {
      const auto own = learner->Evaluate(Pack(std::span(&one, 1)), 0.9).logps;
      one_by_one.insert(one_by_one.end(), own.begin(), own.end());
    }
    CHECK(one_by_one == sampled);
    for (const kernels::KernelTable* table : kernels::AvailableKernels()) {
      INFO(table->name);
      REQUIRE(kernels::UseKernels(table->name));
      SetTrainingThreads(2);
      learner->Accumulate(Pack(groups), 0.9, [&](const TokenOutputs& outputs) {
        CHECK(outputs.logps == sampled);
        return TokenGradients();
      });
    }
    kernels::UseKernels(kernels::AvailableKernels().front()->name);
  }
}

}  // namespace
}  // namespace assay
