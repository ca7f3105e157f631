#include "trainer/stages/memory_plan.h"

#include <algorithm>
#include <string_view>

#include "base/thread_pool.h"
#include "runner/model/transformer/kv_pool.h"
#include "runner/model/transformer/transformer.h"
#include "trainer/stages/sampler_limits.h"

namespace assay {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

// Weights of the matrices that adapters change, and the adapters' own.
struct Adapters {
  std::int64_t own = 0, adapted = 0;
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
  }
  return adapters;
}

// One micro-batch: floats of what lives at a moment. T tokens, H hidden, Q and K columns of queries
// and of keys, I intermediate, V vocabulary, as in trainer/model/network.cpp.
class MicroBatch {
 public:
  MicroBatch(const ModelConfig& model, const TrainConfig& config)
      : config_(config),
        tokens_(config.optimizer.tokens_per_batch),
        layers_(model.layers),
        h_(model.hidden),
        q_(model.query_columns()),
        k_(model.kv_columns()),
        i_(model.intermediate),
        v_(model.vocabulary),
        heads_(model.heads),
        qk_norm_(model.qk_norm),
        tied_(model.tied_head),
        lora_(config.model.learner.lora),
        full_(lora_.rank == 0),
        always_(tokens_ * (model.head_dim + 4)) {}  // rotations, and indices of eight bytes

  std::int64_t Worst() const {
    const bool recompute = config_.model.learner.recompute_layers;
    const std::int64_t inputs = tokens_ * h_ * layers_;
    const std::int64_t kept = tokens_ * (Attention() + Gate()) * layers_;
    // A tied embedding's gradient waits for both of its parts while the layers are gone through.
    const std::int64_t pending = full_ && tied_ ? v_ * h_ : 0;
    const std::int64_t embedding = full_ ? (tied_ ? 2 : 1) * v_ * h_ + 2 * tokens_ * h_ : 0;
    std::int64_t worst = std::max((recompute ? inputs : kept) + Head(), embedding);
    if (recompute) {
      // A matrix in the kernels' order, and one with its adapter beside it.
      worst = std::max(worst, inputs + tokens_ * Passing() + i_ * h_ * (full_ ? 1 : 2));
      worst = std::max(worst, inputs - tokens_ * h_ + pending + OneLayer());
    } else {
      worst = std::max(worst, kept - tokens_ * (Attention() + Gate()) + pending + OneLayer());
    }
    return always_ + worst;
  }

 private:
  bool Learns(std::string_view module) const {
    return full_ ||
           std::find(lora_.modules.begin(), lora_.modules.end(), module) != lora_.modules.end();
  }

  // Kept of one token for the backward pass of a layer, up to the sum after the attention: the
  // input, normed rows where a matrix learns from them, rotated queries and keys, values, result.
  std::int64_t Attention() const {
    std::int64_t floats = h_ + 2 * q_ + 2 * k_ + heads_;
    if (Learns("q_proj") || Learns("k_proj") || Learns("v_proj")) floats += h_;
    if (qk_norm_) floats += q_ + k_;
    return floats;
  }

  // From there on: the sum, normed rows, gates and ups, their product.
  std::int64_t Gate() const {
    std::int64_t floats = h_ + 2 * i_;
    if (Learns("gate_proj") || Learns("up_proj")) floats += h_;
    if (Learns("down_proj")) floats += i_;
    return floats;
  }

  // The most in one layer's backward pass, what it keeps included.
  std::int64_t OneLayer() const {
    const std::int64_t rest = tokens_ * (Attention() + Gate() - (Learns("down_proj") ? 3 : 2) * i_);
    // The gradients of the product and of both factors, beside the factors; or, before, the product
    // and its gradient beside that of the last matrix.
    const std::int64_t product = tokens_ * 5 * i_;
    const std::int64_t matrix = full_ ? tokens_ * 4 * i_ + i_ * h_ : 0;
    // Gradients of queries, keys and values, turned back.
    const std::int64_t attention = tokens_ * (4 * q_ + 4 * k_ + h_);
    return rest + tokens_ * h_ + std::max({product, matrix, attention});
  }

  // The most of one token in a layer's forward pass that keeps nothing.
  std::int64_t Passing() const { return 4 * h_ + 2 * q_ + 2 * k_ + 3 * i_; }

  // The last norm's rows, their gradient, and the chunk of logits in work beside the head in the
  // kernels' order, or, with a teacher, tensors of the chunk's size; before, the same without
  // gradients; afterwards the gradient's way through the norm.
  std::int64_t Head() const {
    const std::int64_t chunk = std::min(config_.model.learner.head_chunk, tokens_);
    const bool taught = config_.loss.logit_kl > 0;
    const std::int64_t logits = chunk * v_ * (taught ? 7 : 1) + (taught ? 0 : v_ * h_);
    const std::int64_t rows = tokens_ * h_;
    const std::int64_t backward = 3 * rows + logits + chunk * h_ + (full_ ? v_ * h_ : 0);
    const std::int64_t forward = 2 * rows + v_ * h_ + chunk * v_ * (taught ? 4 : 1);
    return std::max({forward, backward, 5 * rows});
  }

  const TrainConfig& config_;
  std::int64_t tokens_, layers_, h_, q_, k_, i_, v_, heads_;
  bool qk_norm_, tied_;
  const LoraOptions& lora_;
  bool full_;
  std::int64_t always_;
};

// How many samples the policy ever draws at once; 0: no sampler is made.
std::int64_t SamplesAtOnce(const TrainConfig& config) {
  std::int64_t samples = 0;
  if (config.stage == StageKind::kGrpo || config.stage == StageKind::kPpo) {
    samples = config.rollout.prompts * config.rollout.group;
  }
  if (config.stage == StageKind::kReject) samples = kSamplerBatch;
  if (!config.data.held_out.empty()) {
    samples = std::max(samples, config.data.held_out_count * config.data.held_out_samples);
  }
  return std::min(samples, kSamplerBatch);
}

std::int64_t PackedWeights(const ModelConfig& model) {
  return (model.parameters() - (model.tied_head ? 0 : model.vocabulary * model.hidden)) * kFloat;
}

std::int64_t Sampler(const ModelConfig& model, const TrainConfig& config) {
  const std::int64_t samples = SamplesAtOnce(config);
  if (samples == 0) return 0;
  const std::size_t threads = config.threads == 0 ? UsableThreads() : config.threads;
  // Logits of the rows in work, those that a prompt's samples begin from, and what each thread that
  // draws holds of one.
  const std::int64_t group = std::max<std::int64_t>(1, config.rollout.group);
  const std::int64_t rows =
      kSamplerBatch + samples / group + 4 * static_cast<std::int64_t>(threads);
  const std::int64_t logits = rows * model.vocabulary * kFloat;
  // Each sample's response and a page that is not full; prompts' full pages are shared.
  const std::int64_t pages = samples * (KvPool::PagesFor(config.rollout.max_tokens) + 1);
  return PackedWeights(model) + Transformer::WorkBytes(model, threads) + logits +
         std::min(pages * KvPool::PageBytes(model, CacheFormat::kF32), kSamplerCacheBytes);
}

}  // namespace

bool NeedsReference(const TrainConfig& config) {
  if (config.stage == StageKind::kPpo && config.loss.reward_kl != 0) return true;
  return config.loss.policy.beta != 0 &&
         (config.stage == StageKind::kGrpo || config.stage == StageKind::kPpo);
}

TrainMemory PlanTraining(const ModelConfig& model, const TrainConfig& config, int processes,
                         const ModelConfig* teacher) {
  TrainMemory plan;
  const LearnerOptions& learner = config.model.learner;
  const bool full = learner.lora.rank == 0;
  const std::int64_t weights = model.parameters() * kFloat;
  std::int64_t trained = weights;
  std::int64_t stored = weights;  // of all parameters, as a checkpoint holds them
  std::int64_t merged = 0;
  if (!full) {
    const Adapters adapters = AdaptersOf(model, learner.lora);
    trained = adapters.own * kFloat;
    stored += trained;
    merged = adapters.adapted * kFloat;
  }
  if (learner.value_head) {
    trained += (model.hidden + 1) * kFloat;
    stored += (model.hidden + 1) * kFloat;
  }
  plan.weights = stored + merged;
  plan.gradients = trained;
  plan.moments = 2 * trained / processes;
  plan.reference = NeedsReference(config) ? weights : 0;
  if (teacher != nullptr) plan.reference += teacher->parameters() * kFloat;
  plan.sampler = Sampler(model, config);
  // A checkpoint is written from a copy of all moments and one of a file of weights.
  plan.moment = std::max(kFloat * MicroBatch(model, config).Worst(), 2 * trained + stored);
  plan.exchange = processes > 1 ? std::int64_t{64} << 20 : 0;
  return plan;
}

}  // namespace assay
