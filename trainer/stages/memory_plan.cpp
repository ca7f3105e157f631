#include "trainer/stages/memory_plan.h"

#include <algorithm>
#include <string_view>

#include "runner/model/transformer/kv_pool.h"

namespace assay {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

// Weights of the matrices that adapters change, and the adapters' own.
struct Adapters {
  std::int64_t own = 0, adapted = 0, count = 0;
};
Adapters AdaptersOf(const ModelConfig& model, const LoraOptions& lora) {
  Adapters adapters;
  for (const std::string_view module : lora.modules) {
    std::int64_t rows = model.intermediate, columns = model.hidden;
    if (module == "q_proj") rows = model.query_columns();
    if (module == "k_proj" || module == "v_proj") rows = model.kv_columns();
    if (module == "o_proj") rows = model.hidden, columns = model.query_columns();
    if (module == "down_proj") rows = model.hidden, columns = model.intermediate;
    adapters.own += model.layers * lora.rank * (rows + columns);
    adapters.adapted += model.layers * rows * columns;
    ++adapters.count;
  }
  return adapters;
}

// Floats that autograd keeps of one token in one layer (trainer/model/network.cpp): inputs of
// matrix products, of norms and of the gate, rotated queries and keys, the attention's result.
std::int64_t KeptPerToken(const ModelConfig& model, bool full) {
  const std::int64_t query = model.query_columns(), key = model.kv_columns();
  std::int64_t floats =
      4 * model.hidden + 2 * query + 2 * key + 4 * model.intermediate + model.heads + 2;
  if (full) floats += 2 * model.hidden;  // normed rows, for the gradient of the norms' weights
  if (model.qk_norm) floats += (full ? 2 : 1) * (query + key) + model.heads + model.kv_heads;
  return floats;
}

// Floats of one token that a layer's backward pass has in hand beside those: the gradients of the
// gate's three results, or those around the attention.
std::int64_t BackwardPerToken(const ModelConfig& model) {
  const std::int64_t gate = 3 * model.intermediate + 2 * model.hidden;
  const std::int64_t attention =
      4 * model.query_columns() + 4 * model.kv_columns() + 2 * model.hidden;
  return std::max(gate, attention);
}

// Tensors below 32 MB lie in the C library's heap, where freed ones leave holes: about a quarter
// more was measured. Larger ones are mapped one by one.
std::int64_t WithHoles(const ModelConfig& model, std::int64_t tokens, std::int64_t floats) {
  const std::int64_t widest = std::max(model.intermediate, model.query_columns());
  const bool mapped = tokens * widest * kFloat >= std::int64_t{32} << 20;
  return mapped ? floats : floats + floats / 4;
}

std::int64_t Activations(const ModelConfig& model, const TrainConfig& config, bool full) {
  const LearnerOptions& learner = config.model.learner;
  const std::int64_t tokens = config.optimizer.tokens_per_batch;
  const std::int64_t chunk = std::min(learner.head_chunk, tokens);
  const std::int64_t layer = KeptPerToken(model, full);
  const std::int64_t rotations = tokens * model.head_dim;
  // The head works on response tokens; counted as if all were.
  const std::int64_t final_rows = tokens * 3 * model.hidden;
  const bool entropies = config.loss.policy.entropy_bonus != 0;
  const std::int64_t head =
      chunk * model.vocabulary * (entropies || config.loss.logit_kl > 0 ? 6 : 3) +
      (full ? model.vocabulary * model.hidden : 0);
  const std::int64_t backward = tokens * BackwardPerToken(model);
  if (learner.recompute_layers) {
    const std::int64_t inputs = tokens * model.hidden * (model.layers + 1);
    const std::int64_t one_layer = WithHoles(model, tokens, tokens * layer + backward);
    return kFloat * (inputs + rotations + std::max(final_rows + head, one_layer));
  }
  const std::int64_t kept = WithHoles(model, tokens, tokens * layer * model.layers);
  return kFloat * (kept + rotations + std::max(final_rows + head, backward));
}

std::int64_t Sampler(const ModelConfig& model, const TrainConfig& config) {
  if (config.stage == StageKind::kSft) return 0;
  const std::int64_t packed =
      (model.parameters() - (model.tied_head ? 0 : model.vocabulary * model.hidden)) * kFloat;
  // Samples in work at once, each with its response and a page that is not full; prompts are
  // shared.
  const std::int64_t samples =
      std::min<std::int64_t>(config.rollout.prompts * config.rollout.group, 128);
  const std::int64_t pages = samples * (KvPool::PagesFor(config.rollout.max_tokens) + 1);
  return packed + std::min(pages * KvPool::PageBytes(model), std::int64_t{1} << 30);
}

}  // namespace

bool NeedsReference(const TrainConfig& config) {
  if (config.stage == StageKind::kPpo && config.loss.reward_kl != 0) return true;
  return config.loss.policy.beta != 0 &&
         (config.stage == StageKind::kGrpo || config.stage == StageKind::kPpo);
}

MemoryPlan PlanMemory(const ModelConfig& model, const TrainConfig& config, int processes,
                      const ModelConfig* teacher) {
  MemoryPlan plan;
  const LearnerOptions& learner = config.model.learner;
  const bool full = learner.lora.rank == 0;
  const std::int64_t weights = model.parameters() * kFloat;
  std::int64_t trained = weights;
  plan.weights = weights;
  if (!full) {
    const Adapters adapters = AdaptersOf(model, learner.lora);
    trained = adapters.own * kFloat;
    plan.weights += trained + adapters.adapted * kFloat;
  }
  if (learner.value_head) {
    trained += (model.hidden + 1) * kFloat;
    plan.weights += (model.hidden + 1) * kFloat;
  }
  plan.gradients = trained;
  plan.moments = 2 * trained / processes;
  plan.reference = NeedsReference(config) ? weights : 0;
  if (teacher != nullptr) plan.reference += teacher->parameters() * kFloat;
  plan.sampler = Sampler(model, config);
  plan.activations = Activations(model, config, full);
  // While saving, activations are gone; a copy of the moments and of one file's weights is there.
  plan.activations = std::max(plan.activations, 2 * trained + weights);
  plan.exchange = processes > 1 ? std::int64_t{64} << 20 : 0;
  return plan;
}

}  // namespace assay
