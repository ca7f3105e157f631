// What the tests of whole models share: tiny checkpoints, the CPU's back end, samples of prompts.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/checkpoint/usual_tensors.h"
#include "runner/model/decode/batcher.h"
#include "runner/model/decode/cpu_backend.h"
#include "tests/runner/cuda/device_case.h"
#include "tests/runner/model/chain_model.h"

namespace assay::cuda {

struct Checkpoint {
  ModelConfig config;
  std::shared_ptr<const TensorSource> weights;
};

inline Checkpoint Tiny(const std::string& name) {
  // Programs that were brought from another machine are told where the repository is here.
  const char* root = std::getenv("ASSAY_SOURCE_DIR");
  const auto folder = std::filesystem::path(root == nullptr ? ASSAY_SOURCE_DIR : root) /
                      "tests/cases/model/tiny" / name;
  auto config = ReadModelConfig(folder);
  if (!config) FAIL(config.error().message);
  auto weights = Safetensors::Open(folder);
  if (!weights) FAIL(weights.error().message);
  auto split = UsualTensors(*std::move(weights), *config);
  return {*std::move(config), std::move(split)};
}

inline std::unique_ptr<Backend> OnCpu(const Checkpoint& checkpoint) {
  auto transformer =
      Transformer::Load(checkpoint.config, checkpoint.weights, kernels::WeightFormat::kF32,
                        std::make_shared<ThreadTeam>(1));
  if (!transformer) FAIL(transformer.error().message);
  return std::make_unique<CpuBackend>(*std::move(transformer), CacheFormat::kF32,
                                      std::int64_t{1} << 24, 12);
}

inline std::vector<TokenId> Prompt(std::int64_t tokens, std::int64_t vocabulary,
                                   std::uint64_t seed) {
  Rng rng(Key("prompt", seed));
  std::vector<TokenId> ids;
  for (std::int64_t i = 0; i < tokens; ++i) {
    ids.push_back(static_cast<TokenId>(rng.Int(0, std::min<std::int64_t>(vocabulary, 256) - 1)));
  }
  return ids;
}

struct Drawn {
  std::vector<TokenId> ids;
  std::vector<float> logprobs;
};

// `samples` samples of each prompt, drawn together or one group after the other.
inline std::map<std::size_t, Drawn> Sample(Backend& backend,
                                           const std::vector<std::vector<TokenId>>& prompts,
                                           int samples, const Sampling& sampling, bool together) {
  std::map<std::size_t, Drawn> drawn;
  const std::int64_t vocabulary = std::min<std::int64_t>(backend.config().vocabulary, 256);
  Batcher batcher(backend, ByteTokenizer(), {12, vocabulary, {}});
  std::vector<DecodeGroup> groups;
  for (std::size_t p = 0; p < prompts.size(); ++p) {
    DecodeGroup group{prompts[p], {}};
    for (int i = 0; i < samples; ++i) {
      const std::size_t request =
          p * static_cast<std::size_t>(samples) + static_cast<std::size_t>(i);
      group.jobs.push_back({request, &sampling, Key("draw", 1).With(request)});
    }
    groups.push_back(std::move(group));
  }
  const auto take = [&](std::size_t request, Result<Response> response) {
    if (!response) FAIL(response.error().message);
    drawn[request] = {response->ids, response->logprobs};
  };
  if (together) {
    batcher.Run(std::move(groups), take, {});
  } else {
    for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
      for (const DecodeJob& job : group->jobs) batcher.Run({{group->prompt, {job}}}, take, {});
    }
  }
  CHECK(backend.pages().free_pages() == backend.pages().pages());
  return drawn;
}

}  // namespace assay::cuda
